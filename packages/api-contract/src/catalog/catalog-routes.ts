import { z } from "zod";
import { listOf, listQuery } from "../wire/list.ts";
import { defineRoute } from "../wire/route.ts";
import {
  addAliasAnswerSchema,
  aliasSchema,
  catalogDiffSchema,
  catalogSchema,
  publishedCatalogSchema,
} from "./catalog-schema.ts";

const catalogBytesMax = 4_194_304;

export const getCatalog = defineRoute({
  operationId: "getCatalog",
  method: "get",
  path: "/v1/catalog",
  tag: "catalog",
  summary: "Show the published catalog",
  access: "catalog:read",
  idempotency: "none",
  success: {
    status: 200,
    description: "The version in force.",
    schema: publishedCatalogSchema,
    etag: true,
  },
  errors: ["not_found"],
});

export const diffCatalog = defineRoute({
  operationId: "diffCatalog",
  method: "post",
  path: "/v1/catalog/diff",
  tag: "catalog",
  summary: "What would publishing this change, and for whom?",
  access: "catalog:read",
  idempotency: "none",
  body: { kind: "json", schema: catalogSchema, bytesMax: catalogBytesMax },
  success: {
    status: 200,
    description: "The differences. Nothing was stored.",
    schema: catalogDiffSchema,
  },
  errors: ["catalog_invalid"],
});

export const publishCatalog = defineRoute({
  operationId: "publishCatalog",
  method: "post",
  path: "/v1/catalog",
  tag: "catalog",
  summary: "Publish a catalog",
  description:
    "Makes a new catalog version. Offerings that did not change keep theirs. With `If-Match` it only replaces the version you saw.",
  access: "catalog:write",
  idempotency: "optional",
  body: { kind: "json", schema: catalogSchema, bytesMax: catalogBytesMax },
  success: {
    status: 201,
    description: "The version now in force.",
    schema: publishedCatalogSchema,
  },
  errors: ["catalog_invalid", "precondition_failed"],
});

export const listAliases = defineRoute({
  operationId: "listAliases",
  method: "get",
  path: "/v1/catalog/aliases",
  tag: "catalog",
  summary: "List product aliases",
  access: "catalog:read",
  idempotency: "none",
  query: z.strictObject(listQuery),
  success: {
    status: 200,
    description: "Aliases, by product code.",
    schema: listOf({ id: "ProductAliasList", item: aliasSchema }),
  },
  errors: [],
});

export const addAlias = defineRoute({
  operationId: "addAlias",
  method: "post",
  path: "/v1/catalog/aliases",
  tag: "catalog",
  summary: "Map a CRM's product code to a sku",
  description: "Publishes a catalog version with the alias and wakes the orders that wait for it.",
  access: "catalog:write",
  idempotency: "optional",
  body: { kind: "json", schema: aliasSchema, bytesMax: 65_536 },
  success: { status: 201, description: "The alias is in force.", schema: addAliasAnswerSchema },
  errors: ["not_found", "catalog_invalid"],
});
