import { z } from "zod";
import { defineRoute, jsonBytesMax } from "../wire/route.ts";
import { idSchema } from "../wire/scalars.ts";
import { issueTokenSchema, jwksSchema, revokeTokenSchema, tokenSchema } from "./token-schema.ts";

const tokenParams = z.object({ jti: idSchema("token") });

export const issueToken = defineRoute({
  operationId: "issueToken",
  method: "post",
  path: "/v1/tokens",
  tag: "token",
  summary: "Issue a token",
  description:
    "Signs what the customer holds now. Verifiable offline with the keys of `/.well-known/jwks.json`.",
  access: "tokens:write",
  idempotency: "optional",
  body: { kind: "json", schema: issueTokenSchema, bytesMax: jsonBytesMax },
  success: { status: 201, description: "The token.", schema: tokenSchema },
  errors: ["not_found", "nothing_to_sign"],
});

export const getToken = defineRoute({
  operationId: "getToken",
  method: "get",
  path: "/v1/tokens/{jti}",
  tag: "token",
  summary: "Show a token",
  access: "tokens:read",
  idempotency: "none",
  params: tokenParams,
  success: {
    status: 200,
    description: "The token and whether it was revoked.",
    schema: tokenSchema,
    etag: true,
  },
  errors: ["not_found"],
});

export const revokeToken = defineRoute({
  operationId: "revokeToken",
  method: "post",
  path: "/v1/tokens/{jti}/revoke",
  tag: "token",
  summary: "Revoke a token",
  description:
    "Sets its bit in the signed status list. Revoking twice answers 409 with the first revocation left as it was.",
  access: "tokens:write",
  idempotency: "optional",
  params: tokenParams,
  body: { kind: "json", schema: revokeTokenSchema, bytesMax: jsonBytesMax },
  success: { status: 200, description: "The token, revoked.", schema: tokenSchema },
  errors: ["not_found", "token_revoked"],
});

export const getJwks = defineRoute({
  operationId: "getJwks",
  method: "get",
  path: "/.well-known/jwks.json",
  tag: "token",
  summary: "The public keys",
  access: "public",
  idempotency: "none",
  success: { status: 200, description: "RFC 7517 key set.", schema: jwksSchema, etag: true },
  errors: [],
});

export const getStatusList = defineRoute({
  operationId: "getStatusList",
  method: "get",
  path: "/v1/status_lists/{id}",
  tag: "token",
  summary: "The signed revocation list",
  description: "Token Status List (draft-ietf-oauth-status-list) as a JWT of its own type.",
  access: "public",
  idempotency: "none",
  params: z.object({ id: idSchema("statusList") }),
  success: {
    status: 200,
    description: "A signed status list.",
    schema: z.string(),
    mediaType: "application/statuslist+jwt",
    etag: true,
  },
  errors: ["not_found"],
});
