import { z } from "zod";
import { listOf, listQuery } from "../wire/list.ts";
import { defineRoute } from "../wire/route.ts";
import { idSchema } from "../wire/scalars.ts";
import {
  apiKeySchema,
  createApiKeySchema,
  createdApiKeySchema,
  createSignInLinkSchema,
  createUserSchema,
  signInLinkSchema,
  userSchema,
} from "./access-schema.ts";

const bytesMax = 65_536;

export const createApiKey = defineRoute({
  operationId: "createApiKey",
  method: "post",
  path: "/v1/api_keys",
  tag: "access",
  summary: "Make an API key",
  description:
    "The key is answered once and stored only as its hash. A key cannot give more than it holds itself.",
  access: "api_keys:manage",
  // The answer holds the secret, so it is never kept for a replay.
  idempotency: "none",
  body: { kind: "json", schema: createApiKeySchema, bytesMax },
  success: { status: 201, description: "The key, this once.", schema: createdApiKeySchema },
  errors: ["not_found", "missing_scope"],
});

export const listApiKeys = defineRoute({
  operationId: "listApiKeys",
  method: "get",
  path: "/v1/api_keys",
  tag: "access",
  summary: "List API keys",
  access: "api_keys:manage",
  idempotency: "none",
  query: z.strictObject(listQuery),
  success: {
    status: 200,
    description: "Keys, newest first, without their secrets.",
    schema: listOf({ id: "ApiKeyList", item: apiKeySchema }),
  },
  errors: [],
});

export const revokeApiKey = defineRoute({
  operationId: "revokeApiKey",
  method: "post",
  path: "/v1/api_keys/{id}/revoke",
  tag: "access",
  summary: "Revoke an API key",
  description: "Refused everywhere within a second. Revoking again changes nothing.",
  access: "api_keys:manage",
  idempotency: "optional",
  params: z.object({ id: idSchema("apiKey") }),
  success: { status: 200, description: "The key, revoked.", schema: apiKeySchema },
  errors: ["not_found"],
});

export const createUser = defineRoute({
  operationId: "createUser",
  method: "post",
  path: "/v1/users",
  tag: "access",
  summary: "Add or change a user",
  description: "A user is known by e-mail address; sending a known one replaces name and groups.",
  access: "users:manage",
  idempotency: "optional",
  body: { kind: "json", schema: createUserSchema, bytesMax },
  success: { status: 201, description: "The user.", schema: userSchema },
  errors: [],
});

export const listUsers = defineRoute({
  operationId: "listUsers",
  method: "get",
  path: "/v1/users",
  tag: "access",
  summary: "List users",
  access: "users:manage",
  idempotency: "none",
  query: z.strictObject(listQuery),
  success: {
    status: 200,
    description: "Users, newest first.",
    schema: listOf({ id: "UserList", item: userSchema }),
  },
  errors: [],
});

export const createSignInLink = defineRoute({
  operationId: "createSignInLink",
  method: "post",
  path: "/v1/sign_in_links",
  tag: "access",
  summary: "Make a one-time sign-in link for a user",
  access: "users:manage",
  idempotency: "none",
  body: { kind: "json", schema: createSignInLinkSchema, bytesMax },
  success: { status: 201, description: "The link.", schema: signInLinkSchema },
  errors: ["not_found"],
});
