import { z } from "zod";
import { orNull } from "../wire/or-null.ts";
import { customerRefSchema, idSchema, instantSchema, textSchema } from "../wire/scalars.ts";

export const issueTokenSchema = z
  .strictObject({
    customer: customerRefSchema,
    ttl_seconds: z.int().min(60).max(31_622_400).optional().meta({
      description:
        "How long it may be used, 1 minute to 366 days; never past the end of the rights. Default 30 days.",
      example: 86_400,
    }),
  })
  .meta({ id: "IssueToken", example: { customer: "ext:001ACME", ttl_seconds: 86_400 } });

export const tokenSchema = z
  .object({
    jti: idSchema("token"),
    customer_id: idSchema("customer"),
    order_id: orNull(idSchema("order")),
    kid: z.string(),
    token: z.string().meta({ description: "JWS, EdDSA, header `typ: usher-license+jwt`." }),
    claims: z.record(z.string(), z.unknown()),
    issued_at: instantSchema,
    expires_at: instantSchema,
    revoked_at: instantSchema.nullable(),
    revoked_because: z.string().nullable(),
  })
  .meta({ id: "Token", description: "A signed license document." });

export const revokeTokenSchema = z
  .strictObject({ because: textSchema({ max: 500 }).optional() })
  .meta({ id: "RevokeToken", example: { because: "Laptop lost" } });

export const jwksSchema = z.object({ keys: z.array(z.record(z.string(), z.unknown())) }).meta({
  id: "Jwks",
  description:
    "RFC 7517. The next key is listed before its first use and a retired one until its last token has expired.",
});
