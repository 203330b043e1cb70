import { z } from "zod";
import { listOf, listQuery } from "../wire/list.ts";
import { defineRoute } from "../wire/route.ts";
import { connectionSchema, createConnectionSchema } from "./connection-schema.ts";

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
