#!/bin/sh
# Run once by the image of PostgreSQL, when its data folder is empty.
# Each program has a role that owns its own databases and nothing else.
set -eu

psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 \
  --set usher_password="$USHER_OWNER_PASSWORD" --set temporal_password="$TEMPORAL_DB_PASSWORD" <<'SQL'
-- CREATEROLE: the owner makes `usher_app`, which hub and worker log in as.
create role usher_owner login createrole password :'usher_password';
create database usher owner usher_owner;
create role temporal login password :'temporal_password';
create database temporal owner temporal;
create database temporal_visibility owner temporal;
SQL
