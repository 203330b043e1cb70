import { sign, verify } from "node:crypto";
import type { TokenClaims } from "../../../packages/entitlement-core/src/token/index.ts";
import {
  createSigner,
  createTokenVerifier,
  generateSigningKey,
  trustKeys,
  verifyToken,
} from "../../../packages/token-signer/src/index.ts";
import type { Benchmark } from "../benchmark.ts";
import { rateOf } from "../rate-of.ts";

const issuer = "https://hub.example";
const audience = "product";
const now = Date.UTC(2027, 2, 1, 12);
const manyTokens = 2_000;

/** Eight features, as a customer of a few offerings holds them. */
const claimsOf = (index: number): TokenClaims => ({
  iss: issuer,
  aud: audience,
  sub: "cus_01jd8e6q2mf8hr4wv2nq9x5t3c",
  jti: `lic_${index}`,
  iat: now / 1000 - 60,
  nbf: now / 1000 - 60,
  exp: now / 1000 + 86_400,
  entitlements: Object.fromEntries(
    Array.from({ length: 8 }, (_, feature) => [
      `feature_${feature}`,
      feature % 2 === 0
        ? { kind: "boolean" as const }
        : {
            kind: "metered" as const,
            limit: 1_000 * feature,
            enforcement: "hard" as const,
            reset: "month" as const,
          },
    ]),
  ),
  status: { status_list: { idx: index, uri: `${issuer}/v1/status_lists/stl_1` } },
});

/** Issuing and verifying license documents against the bare Ed25519 operation of the same runtime on the same bytes. */
export const tokenBenchmark: Benchmark = {
  name: "token",
  about: "issue and verify license documents against bare Ed25519",
  async prepare() {
    const key = generateSigningKey();
    const signer = createSigner({ keys: [{ ...key, state: "current" }] });
    const keys = trustKeys([{ issuer, jwks: signer.jwks().keys }]);
    const expected = { keys, issuer, audience };
    const tokens = Array.from(
      { length: manyTokens },
      (_, index) => signer.signToken(claimsOf(index)).compact,
    );
    const claims = Array.from({ length: manyTokens }, (_, index) => claimsOf(index));
    const signed = tokens.map((compact) => {
      const dot = compact.lastIndexOf(".");
      return {
        bytes: Buffer.from(compact.slice(0, dot)),
        signature: Buffer.from(compact.slice(dot + 1), "base64url"),
      };
    });
    const publicKey = keys.find({ issuer, kid: key.kid });
    if (publicKey === undefined) throw new Error("The key that was just made is not trusted.");
    const verifier = createTokenVerifier({
      ...expected,
      statusLists: null,
      whenStatusUnknown: "accept",
    });

    const verifyFresh = (round: number) => {
      const verified = verifyToken({ compact: tokens[round % manyTokens] ?? "", now, ...expected });
      if (!verified.ok) throw new Error(`A good token was refused: ${verified.reasons.join(", ")}`);
    };
    const verifyBare = (round: number) => {
      const one = signed[round % manyTokens];
      if (one === undefined || !verify(null, one.bytes, publicKey, one.signature))
        throw new Error("A good signature was refused.");
    };
    const bareVerify = {
      name: "bare Ed25519 verify",
      measure: async (milliseconds: number) =>
        rateOf({ milliseconds, slice: 200, work: verifyBare }),
    };

    return {
      comparisons: [
        {
          name: "token-issue",
          subject: {
            name: "signToken, eight features",
            measure: async (milliseconds) =>
              rateOf({
                milliseconds,
                slice: 200,
                work: (round) => void signer.signToken(claims[round % manyTokens] ?? claimsOf(0)),
              }),
          },
          baseline: {
            name: "bare Ed25519 sign",
            measure: async (milliseconds) =>
              rateOf({
                milliseconds,
                slice: 200,
                work: (round) =>
                  void sign(
                    null,
                    signed[round % manyTokens]?.bytes ?? Buffer.alloc(0),
                    key.privateKey,
                  ),
              }),
          },
          better: "higher",
          goal: 0.7,
          stretch: null,
          figure: "median",
          // Ed25519 is deterministic: both must write the same signature.
          compareAnswers: async () => {
            for (const [index, one] of signed.entries()) {
              if (!sign(null, one.bytes, key.privateKey).equals(one.signature))
                throw new Error(`Token ${index} carries another signature.`);
            }
            return signed.length;
          },
        },
        {
          name: "token-verify",
          subject: {
            name: "verifyToken",
            measure: async (milliseconds) =>
              rateOf({ milliseconds, slice: 200, work: verifyFresh }),
          },
          baseline: bareVerify,
          better: "higher",
          goal: 0.9,
          stretch: null,
          figure: "median",
          compareAnswers: async () => {
            for (let index = 0; index < manyTokens; index += 1) {
              verifyFresh(index);
              verifyBare(index);
            }
            return manyTokens;
          },
        },
        {
          name: "token-verify-again",
          subject: {
            name: "verifier that has seen the token",
            measure: async (milliseconds) =>
              rateOf({
                milliseconds,
                slice: 20_000,
                work: (round) => {
                  if (!verifier.verify({ compact: tokens[round % manyTokens] ?? "", now }).ok)
                    throw new Error("A good token was refused.");
                },
              }),
          },
          baseline: bareVerify,
          better: "higher",
          goal: 100,
          stretch: 150,
          figure: "median",
          compareAnswers: async () => {
            for (const compact of tokens) {
              const fresh = verifyToken({ compact, now, ...expected });
              const again = verifier.verify({ compact, now });
              if (JSON.stringify(fresh) !== JSON.stringify(again))
                throw new Error("The verifier that remembers answers otherwise.");
            }
            return manyTokens;
          },
        },
      ],
      stop: async () => {},
    };
  },
};
