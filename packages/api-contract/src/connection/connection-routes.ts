import { z } from "zod";
import { listOf, listQuery } from "../wire/list.ts";
import { defineRoute } from "../wire/route.ts";
import { idSchema } from "../wire/scalars.ts";
import {
  connectionCheckSchema,
  connectionSchema,
  connectorSchema,
  createConnectionSchema,
  rotateConnectionSchema,
} from "./connection-schema.ts";

export const createConnection = defineRoute({
  operationId: "createConnection",
  method: "post",
  path: "/v1/connections",
  tag: "connection",
  summary: "Connect a remote system",
  access: "connections:write",
  idempotency: "optional",
  body: { kind: "json", schema: createConnectionSchema, bytesMax: 131_072 },
  success: {
    status: 201,
    description: "The connection, without its secrets.",
    schema: connectionSchema,
  },
  errors: [],
});

export const listConnections = defineRoute({
  operationId: "listConnections",
  method: "get",
  path: "/v1/connections",
  tag: "connection",
  summary: "List connections",
  access: "connections:read",
  idempotency: "none",
  query: z.strictObject(listQuery),
  success: {
    status: 200,
    description: "Connections and how they fare.",
    schema: listOf({ id: "ConnectionList", item: connectionSchema }),
  },
  errors: [],
});

const ofOne = z.object({ id: idSchema("connection") });

export const getConnection = defineRoute({
  operationId: "getConnection",
  method: "get",
  path: "/v1/connections/{id}",
  tag: "connection",
  summary: "Show a connection and how it fares",
  access: "connections:read",
  idempotency: "none",
  params: ofOne,
  success: { status: 200, description: "The connection.", schema: connectionSchema },
  errors: ["not_found"],
});

export const checkConnection = defineRoute({
  operationId: "checkConnection",
  method: "post",
  path: "/v1/connections/{id}/check",
  tag: "connection",
  summary: "Ask the vendor whether the connection works",
  description:
    "Reads and changes nothing over there; answers within some seconds. What it found is the connection's health from then on.",
  access: "connections:write",
  idempotency: "none",
  params: ofOne,
  success: { status: 200, description: "What was found.", schema: connectionCheckSchema },
  errors: ["not_found"],
});

export const rotateConnection = defineRoute({
  operationId: "rotateConnection",
  method: "post",
  path: "/v1/connections/{id}/rotate",
  tag: "connection",
  summary: "Give a connection new credentials, without downtime",
  description:
    "New credentials are stored beside those in use and proven by a check. Accepted: they are used from then on, and webhooks signed with the secrets before stay valid for the overlap. Refused: nothing changes. When the vendor could not be reached they stay beside; send the same again.",
  access: "connections:write",
  idempotency: "none",
  params: ofOne,
  body: { kind: "json", schema: rotateConnectionSchema, bytesMax: 131_072 },
  success: {
    status: 200,
    description: "The connection, on its new credentials.",
    schema: connectionSchema,
  },
  errors: ["not_found", "credentials_refused", "credentials_unproven", "rotation_overtaken"],
});

export const listConnectors = defineRoute({
  operationId: "listConnectors",
  method: "get",
  path: "/v1/connectors",
  tag: "connection",
  summary: "List the vendors this hub can connect to",
  access: "connections:read",
  idempotency: "none",
  query: z.strictObject(listQuery),
  success: {
    status: 200,
    description: "Connectors and what each has to be told.",
    schema: listOf({ id: "ConnectorList", item: connectorSchema }),
  },
  errors: [],
});
