import { generateKeyPairSync } from "node:crypto";
import { jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { readSigningKey, signNetsuiteAssertion } from "./netsuite-assertion.ts";

const pem = { type: "pkcs8", format: "pem" } as const;
const spki = { type: "spki", format: "pem" } as const;
const rsaOf = (modulusLength: number) =>
  generateKeyPairSync("rsa", { modulusLength, privateKeyEncoding: pem, publicKeyEncoding: spki });
const ecOf = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve });

describe("the assertion", () => {
  it.each([
    ["PS256", generateKeyPairSync("rsa", { modulusLength: 3_072 })],
    ["ES256", ecOf("P-256")],
    ["ES384", ecOf("P-384")],
    ["ES512", ecOf("P-521")],
  ])("is signed with %s by the key's kind, with all that NetSuite asks for", async (alg, pair) => {
    const nowMs = Date.now();
    const audience =
      "https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token";
    const assertion = await signNetsuiteAssertion({
      clientId: "client",
      certificateId: "cert",
      privateKey: pair.privateKey.export(pem).toString(),
      audience,
      nowMs,
    });
    const { payload, protectedHeader } = await jwtVerify(assertion, pair.publicKey, {
      audience,
      issuer: "client",
    });
    expect(protectedHeader).toEqual({ typ: "JWT", alg, kid: "cert" });
    expect(payload["scope"]).toEqual(["rest_webservices"]);
    const { iat = 0, exp = 0 } = payload;
    expect(iat).toBe(Math.floor(nowMs / 1000));
    // An hour or more is refused.
    expect(exp - iat).toBeLessThan(3_600);
  });

  it.each([
    ["RSA of 2,048 bits", rsaOf(2_048).privateKey, "3072 bits or more, got 2048"],
    [
      "Ed25519",
      generateKeyPairSync("ed25519", { privateKeyEncoding: pem, publicKeyEncoding: spki })
        .privateKey,
      "RSA key, or an EC key",
    ],
    ["another curve", ecOf("secp256k1").privateKey.export(pem).toString(), "P-256, P-384 or P-521"],
    ["no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "PEM private key"],
  ])("%s is refused before anything is sent", (_name, privateKey, problem) => {
    expect(readSigningKey(privateKey)).toEqual({ problem: expect.stringContaining(problem) });
  });
});
