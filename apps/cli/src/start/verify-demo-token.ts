import { createPublicKey, type JsonWebKey, verify } from "node:crypto";
import { z } from "zod";
import { CliFailure } from "../cli-failure.ts";

const jwksSchema = z.object({
  keys: z.array(z.looseObject({ kid: z.string(), kty: z.string(), x: z.string() })),
});
const headerSchema = z.looseObject({
  alg: z.literal("EdDSA"),
  typ: z.literal("usher-license+jwt"),
  kid: z.string(),
});
const claimsSchema = z.looseObject({
  exp: z.number(),
  entitlements: z.record(z.string(), z.unknown()),
});

/**
 * Verifies a token as somebody would who has only the published keys and RFC 7515: with the
 * runtime's own Ed25519, none of our code. A product uses `@usher/token-signer`, which checks more.
 */
export async function verifyDemoToken(input: {
  readonly baseUrl: string;
  readonly compact: string;
}): Promise<{ readonly features: readonly string[] }> {
  const [header = "", payload = "", signature = ""] = input.compact.split(".");
  const { kid } = headerSchema.parse(JSON.parse(Buffer.from(header, "base64url").toString("utf8")));
  const response = await fetch(`${input.baseUrl}/.well-known/jwks.json`);
  const jwks = jwksSchema.parse(await response.json());
  const jwk = jwks.keys.find((key) => key.kid === kid);
  if (jwk === undefined)
    throw new CliFailure(`The token is signed with key ${kid}, which the hub does not publish.`);
  const key = createPublicKey({ key: jwk as JsonWebKey, format: "jwk" });
  const isGenuine = verify(
    null,
    Buffer.from(`${header}.${payload}`),
    key,
    Buffer.from(signature, "base64url"),
  );
  if (!isGenuine)
    throw new CliFailure("The token's signature does not match the hub's published key.");
  const claims = claimsSchema.parse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
  return { features: Object.keys(claims.entitlements) };
}
