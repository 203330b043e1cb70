import { z } from "zod";
import { orNull } from "../wire/or-null.ts";
import { emailSchema, idSchema, instantSchema, textSchema } from "../wire/scalars.ts";
import { allScopes, scopes } from "../wire/scopes.ts";

export const scopeSchema = z
  .enum([...scopes, allScopes])
  .meta({ id: "Scope", description: "What a key may do; `*` is everything." });

export const createApiKeySchema = z
  .strictObject({
    name: textSchema({ max: 200 }).meta({ example: "checkout service" }),
    scopes: z
      .array(scopeSchema)
      .min(1)
      .max(scopes.length + 1),
    user_email: emailSchema
      .optional()
      .meta({ description: "Whose decisions the key makes; needed to approve." }),
    expires_at: instantSchema.optional(),
  })
  .meta({
    id: "CreateApiKey",
    example: { name: "checkout service", scopes: ["check", "usage:write"] },
  });

export const apiKeySchema = z
  .object({
    id: idSchema("apiKey"),
    name: z.string(),
    prefix: z.string().meta({ description: "The first characters, to recognize the key by." }),
    scopes: z.array(z.string()),
    user_id: orNull(idSchema("user")),
    created_at: instantSchema,
    expires_at: instantSchema.nullable(),
    revoked_at: instantSchema.nullable(),
    last_used_at: instantSchema.nullable().meta({ description: "To the minute." }),
  })
  .meta({ id: "ApiKey" });

export const createdApiKeySchema = apiKeySchema
  .extend({ api_key: z.string().meta({ description: "The key. Shown this once." }) })
  .meta({ id: "CreatedApiKey" });

export const createUserSchema = z
  .strictObject({
    email: emailSchema,
    name: textSchema({ max: 300 }),
    groups: z
      .array(textSchema({ max: 100 }))
      .max(100)
      .default([]),
  })
  .meta({
    id: "CreateUser",
    example: { email: "dana@example.com", name: "Dana Kim", groups: ["finance"] },
  });

export const userSchema = z
  .object({
    id: idSchema("user"),
    email: z.string(),
    name: z.string(),
    groups: z.array(z.string()),
  })
  .meta({ id: "User" });

export const createSignInLinkSchema = z
  .strictObject({ email: emailSchema })
  .meta({ id: "CreateSignInLink", example: { email: "dana@example.com" } });

export const signInLinkSchema = z
  .object({
    url: z
      .string()
      .meta({ description: "Works once. Opening it shows a button; only the button signs in." }),
    expires_at: instantSchema,
  })
  .meta({ id: "SignInLink" });
