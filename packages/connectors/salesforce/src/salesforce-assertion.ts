import { createPrivateKey, sign } from "node:crypto";

/** Salesforce refuses an assertion that expires more than minutes from now. */
const lifetimeSeconds = 180;

/**
 * The signed assertion of the OAuth 2.0 JWT bearer flow (RS256).
 * @see https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_jwt_flow.htm
 */
export function signSalesforceAssertion(input: {
  readonly clientId: string;
  readonly username: string;
  readonly audience: string;
  readonly privateKey: string;
  readonly nowMs: number;
}): string {
  const { clientId, username, audience, privateKey, nowMs } = input;
  const claims = {
    iss: clientId,
    sub: username,
    aud: audience,
    exp: Math.floor(nowMs / 1000) + lifetimeSeconds,
  };
  const unsigned = `${encode({ alg: "RS256", typ: "JWT" })}.${encode(claims)}`;
  const signature = sign("sha256", Buffer.from(unsigned), createPrivateKey(privateKey));
  return `${unsigned}.${signature.toString("base64url")}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
