import { createPrivateKey, type KeyObject } from "node:crypto";
import { SignJWT } from "jose";

/** NetSuite refuses an assertion that is good for an hour or more. */
const lifetimeSeconds = 300;
const rsaBitsMin = 3_072;
const algorithmOfCurve: Readonly<Record<string, string>> = {
  prime256v1: "ES256",
  secp384r1: "ES384",
  secp521r1: "ES512",
};

interface SigningKey {
  readonly key: KeyObject;
  readonly algorithm: string;
}

/** The key with the algorithm that goes with it; RS256 is not taken by NetSuite any more. */
export function readSigningKey(pem: string): SigningKey | { readonly problem: string } {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    return { problem: "expected a PEM private key without a passphrase" };
  }
  const { modulusLength = 0, namedCurve = "" } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "rsa") {
    return modulusLength >= rsaBitsMin
      ? { key, algorithm: "PS256" }
      : { problem: `expected an RSA key of ${rsaBitsMin} bits or more, got ${modulusLength}` };
  }
  const algorithm = algorithmOfCurve[namedCurve];
  return algorithm === undefined
    ? { problem: "expected an RSA key, or an EC key on P-256, P-384 or P-521" }
    : { key, algorithm };
}

/**
 * The signed assertion of the client credentials flow.
 * @see https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_162790605110.html
 */
export function signNetsuiteAssertion(input: {
  readonly clientId: string;
  readonly certificateId: string;
  readonly privateKey: string;
  /** The account's own token endpoint, whatever address is called. */
  readonly audience: string;
  readonly nowMs: number;
}): Promise<string> {
  const signing = readSigningKey(input.privateKey);
  if ("problem" in signing) throw new Error(`The private key: ${signing.problem}.`);
  const issuedAt = Math.floor(input.nowMs / 1000);
  return new SignJWT({ scope: ["rest_webservices"] })
    .setProtectedHeader({ typ: "JWT", alg: signing.algorithm, kid: input.certificateId })
    .setIssuer(input.clientId)
    .setAudience(input.audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + lifetimeSeconds)
    .sign(signing.key);
}
