export { appDatabaseUrl } from "./database-roles.ts";
export {
  checkMigrations,
  type MigrateInput,
  type MigrationCheck,
  type MigrationReport,
  migrateToLatest,
} from "./migrate.ts";
