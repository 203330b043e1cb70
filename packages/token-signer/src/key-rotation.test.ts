import { createPrivateKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createSigner } from "./create-signer.ts";
import { isPublished, planKeyRotation, type RotatingKey } from "./key-rotation.ts";
import {
  exportPrivateKey,
  generateSigningKey,
  importPrivateKey,
  type SigningKey,
} from "./signing-key.ts";
import { issuer, licenseFixture, noon, someClaims } from "./testing/license-fixture.ts";
import { trustKeys } from "./trusted-keys.ts";
import { verifyToken } from "./verify-token.ts";

const hour = 3_600_000;
const bounds = { publishAheadMs: hour, tokenLifeMsMax: 24 * hour };

describe("rotation", () => {
  it("the first key signs at once, and the next one is made beside it", () => {
    expect(planKeyRotation({ keys: [], now: noon, ...bounds })).toEqual({
      changes: [],
      generate: "current",
    });
    const first: RotatingKey = { kid: "a", state: "current", createdAt: noon, retireAt: null };
    expect(planKeyRotation({ keys: [first], now: noon, ...bounds }).generate).toBe("next");
  });

  it("a key that verifiers may not know yet does not sign", () => {
    const keys: RotatingKey[] = [
      { kid: "a", state: "current", createdAt: 0, retireAt: null },
      { kid: "b", state: "next", createdAt: noon, retireAt: null },
    ];
    expect(planKeyRotation({ keys, now: noon + hour - 1, ...bounds })).toEqual({
      changes: [],
      generate: null,
    });
    expect(planKeyRotation({ keys, now: noon + hour, ...bounds })).toEqual({
      changes: [
        { kid: "a", state: "retired", retireAt: noon + 25 * hour },
        { kid: "b", state: "current", retireAt: null },
      ],
      generate: "next",
    });
  });

  it("no token is ever denied over ten rotations, as seen by verifiers with an hour-old key set", {
    timeout: 60_000,
  }, () => {
    const secrets = new Map<string, SigningKey>();
    let keys: readonly RotatingKey[] = [];
    const published: { readonly at: number; readonly jwks: readonly unknown[] }[] = [];
    const tokens: { readonly compact: string; readonly exp: number }[] = [];
    const keySetSeenAt = (now: number) =>
      published.findLast(({ at }) => at <= now - hour)?.jwks ?? published[0]?.jwks ?? [];
    let verified = 0;

    for (let step = 0; step < 40; step += 1) {
      const now = noon + step * hour;
      const plan = planKeyRotation({ keys, now, ...bounds });
      keys = keys.map((key) => ({ ...key, ...plan.changes.find(({ kid }) => kid === key.kid) }));
      if (plan.generate !== null) {
        const made = generateSigningKey();
        secrets.set(made.kid, made);
        keys = [...keys, { kid: made.kid, state: plan.generate, createdAt: now, retireAt: null }];
      }
      const live = keys.filter((key) => isPublished(key, now));
      const signer = createSigner({
        keys: live.map(({ kid, state }) => ({ ...(secrets.get(kid) as SigningKey), state })),
      });
      published.push({ at: now, jwks: signer.jwks().keys });

      const claims = someClaims({ iat: now / 1000, nbf: now / 1000, exp: now / 1000 + 86_400 });
      tokens.push({ compact: signer.signToken(claims).compact, exp: claims.exp * 1000 });
      for (const token of tokens.filter(({ exp }) => now < exp)) {
        const trusted = trustKeys([{ issuer, jwks: keySetSeenAt(now) }]);
        const { expected } = licenseFixture();
        const read = verifyToken({ ...expected, keys: trusted, compact: token.compact, now });
        expect(read.ok, `step ${step}`).toBe(true);
        verified += 1;
      }
    }
    expect(keys.filter(({ state }) => state === "retired").length).toBeGreaterThanOrEqual(10);
    expect(verified).toBeGreaterThan(500);
  });
});

describe("signing keys", () => {
  it("survive export and import, and are refused under another name", () => {
    const key = generateSigningKey();
    const pkcs8 = exportPrivateKey(key);
    expect(importPrivateKey({ pkcs8, kid: key.kid }).publicJwk).toEqual(key.publicJwk);
    expect(() => importPrivateKey({ pkcs8, kid: "other" })).toThrow(/not other/);
  });

  it("the public part carries no private part", () => {
    expect(Object.keys(generateSigningKey().publicJwk).sort()).toEqual([
      "alg",
      "crv",
      "kid",
      "kty",
      "use",
      "x",
    ]);
  });

  it("a kid is the thumbprint of RFC 7638: that of the key in RFC 8037 appendix A", () => {
    const privateKey = createPrivateKey({
      format: "jwk",
      key: {
        kty: "OKP",
        crv: "Ed25519",
        d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
      },
    });
    const pkcs8 = privateKey.export({ format: "der", type: "pkcs8" });
    const kid = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
    expect(importPrivateKey({ pkcs8, kid }).kid).toBe(kid);
  });

  it("a signer without exactly one current key is refused", () => {
    const key = generateSigningKey();
    const other = generateSigningKey();
    expect(() => createSigner({ keys: [] })).toThrow(/exactly one/);
    expect(() => createSigner({ keys: [{ ...key, state: "next" }] })).toThrow(/exactly one/);
    expect(() =>
      createSigner({
        keys: [
          { ...key, state: "current" },
          { ...other, state: "current" },
        ],
      }),
    ).toThrow(/exactly one/);
  });
});
