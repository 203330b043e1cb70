import { createHmac, createPublicKey, sign } from "node:crypto";
import fc from "fast-check";
import { jwtVerify, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { generateSigningKey } from "./signing-key.ts";
import { audience, issuer, licenseFixture, noon, someClaims } from "./testing/license-fixture.ts";
import { trustKeys } from "./trusted-keys.ts";
import { tokenBytesMax, verifyToken } from "./verify-token.ts";

const { key, signer, expected } = licenseFixture();
const { compact } = signer.signToken(someClaims());

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

function verdict(text: string, now = noon): string {
  const verified = verifyToken({ ...expected, compact: text, now });
  return verified.ok ? "ok" : verified.reasons[0];
}

/** A document with any header and payload, properly signed by the trusted key. */
function forge(header: object | string, payload: object | string = someClaims()): string {
  const encode = (part: object | string) =>
    Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url");
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${sign(null, Buffer.from(input), key.privateKey).toString("base64url")}`;
}

const header = { alg: "EdDSA", typ: "usher-license+jwt", kid: key.kid };

describe("a token that is believed", () => {
  it("gives back exactly the claims that were signed", () => {
    const verified = verifyToken({ ...expected, compact, now: noon });
    expect(verified).toEqual({ ok: true, value: { kid: key.kid, claims: someClaims() } });
  });

  it("keeps its claims when others, small and large, are verified after it", () => {
    const claimsOf = (count: number) => {
      const names = Array.from({ length: count }, (_, index) => `feature_${index}`);
      return someClaims({
        jti: `lic_${count}`,
        entitlements: Object.fromEntries(names.map((name) => [name, { kind: "boolean" }])),
      });
    };
    const counts = [1, 1_000, 2, 500];
    const tokens = counts.map((count) => signer.signToken(claimsOf(count)).compact);
    expect(tokens.some((token) => token.length > 16_384)).toBe(true);
    const verified = tokens.map((token) => verifyToken({ ...expected, compact: token, now: noon }));
    expect(verified).toEqual(
      counts.map((count) => ({ ok: true, value: { kid: key.kid, claims: claimsOf(count) } })),
    );
  });

  it("is believed by jose as well", async () => {
    const publicKey = createPublicKey(key.privateKey);
    const read = await jwtVerify(compact, publicKey, {
      issuer,
      audience,
      typ: "usher-license+jwt",
      algorithms: ["EdDSA"],
      currentDate: new Date(noon),
    });
    expect(read.payload).toEqual(someClaims());
    expect(read.protectedHeader).toEqual(header);
  });

  it("may come from jose, with the members of its header in another order", async () => {
    const theirs = await new SignJWT({ ...someClaims() })
      .setProtectedHeader({ kid: key.kid, typ: "usher-license+jwt", alg: "EdDSA" })
      .sign(key.privateKey);
    expect(verdict(theirs)).toBe("ok");
  });

  it("may name several audiences, ours among them", () => {
    expect(verdict(forge(header, { ...someClaims(), aud: ["other", audience] }))).toBe("ok");
  });
});

describe("time", () => {
  it("a token is believed in the last millisecond before its end and refused from its end on", () => {
    const end = someClaims().exp * 1000;
    expect(verdict(compact, end - 1)).toBe("ok");
    expect(verdict(compact, end)).toBe("expired");
  });

  it("a token is refused until its nbf, and the tolerance for slow clocks covers just that", () => {
    expect(verdict(compact, noon - 1)).toBe("not_yet_valid");
    const tolerant = (now: number) =>
      verifyToken({ ...expected, compact, now, clockToleranceSeconds: 30 }).ok;
    expect(tolerant(noon - 30_000)).toBe(true);
    expect(tolerant(noon - 30_001)).toBe(false);
    expect(tolerant(someClaims().exp * 1000)).toBe(false);
  });

  it("a token issued in the future is refused although its nbf has passed", () => {
    const early = someClaims({ iat: noon / 1000 + 60 });
    expect(verdict(forge(header, early))).toBe("not_yet_valid");
  });

  it("a clock that is no number refuses", () => {
    expect(verdict(compact, Number.NaN)).toBe("expired");
  });

  it("a tolerance out of its bounds is a mistake, not a wide door", () => {
    for (const clockToleranceSeconds of [-1, 301, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => verifyToken({ ...expected, compact, now: noon, clockToleranceSeconds })).toThrow(
        RangeError,
      );
    }
  });
});

describe("algorithm confusion", () => {
  const payload = Buffer.from(JSON.stringify(someClaims())).toString("base64url");
  const withAlg = (alg: string) =>
    `${Buffer.from(JSON.stringify({ ...header, alg })).toString("base64url")}.${payload}`;

  it("alg none is refused, with and without a signature", () => {
    for (const alg of ["none", "None", "NONE", ""]) {
      expect(verdict(`${withAlg(alg)}.`)).toBe("algorithm_not_allowed");
      expect(verdict(`${withAlg(alg)}.${compact.split(".")[2]}`)).toBe("algorithm_not_allowed");
    }
  });

  it("HS256 keyed by the public key is refused in every form an attacker has it", () => {
    const publicKey = createPublicKey(key.privateKey);
    const secrets = [
      publicKey.export({ format: "pem", type: "spki" }),
      publicKey.export({ format: "der", type: "spki" }),
      Buffer.from(key.publicJwk.x, "base64url"),
      key.publicJwk.x,
    ];
    for (const secret of secrets) {
      const input = withAlg("HS256");
      const mac = createHmac("sha256", secret).update(input).digest("base64url");
      expect(verdict(`${input}.${mac}`)).toBe("algorithm_not_allowed");
    }
  });

  it("any other alg is refused even with a right Ed25519 signature", () => {
    for (const alg of ["Ed25519", "eddsa", "ES256", "RS256", "PS256", "Ed448"]) {
      expect(verdict(forge({ ...header, alg }))).toBe("algorithm_not_allowed");
    }
  });
});

describe("keys", () => {
  it("a key brought along by the token is refused, though its signature is right", () => {
    for (const brought of [
      { jwk: key.publicJwk },
      { jku: `${issuer}/.well-known/jwks.json` },
      { x5u: `${issuer}/cert` },
      { x5c: ["MII"] },
      { crit: ["exp"], exp: 1 },
      { b64: false },
      { zip: "DEF" },
      { constructor: 1 },
    ]) {
      expect(verdict(forge({ ...header, ...brought }))).toBe("header_not_allowed");
    }
    expect(verdict(forge(JSON.stringify(header).replace("{", '{"__proto__":{},')))).toBe(
      "header_not_allowed",
    );
  });

  it("an empty key set refuses everything", () => {
    for (const keys of [trustKeys([]), trustKeys([{ issuer, jwks: [] }])]) {
      const verified = verifyToken({ ...expected, keys, compact, now: noon });
      expect(verified).toEqual({ ok: false, reasons: ["no_keys"] });
    }
  });

  it("a key is believed for its own issuer only", () => {
    const keys = trustKeys([
      { issuer: "https://other.example", jwks: signer.jwks().keys },
      { issuer, jwks: [generateSigningKey().publicJwk] },
    ]);
    expect(verifyToken({ ...expected, keys, compact, now: noon })).toEqual({
      ok: false,
      reasons: ["unknown_key"],
    });
  });

  it("a token without a kid, or with one of a wrong type, is refused", () => {
    for (const kid of [undefined, "", 1, null, [key.kid], "no-such-key"]) {
      expect(verdict(forge({ ...header, kid }))).toBe("unknown_key");
    }
  });

  it("keys that are no Ed25519 signing keys are passed over, private parts refused", () => {
    const { x, kid } = key.publicJwk;
    const others = [
      { kty: "oct", k: x, kid, alg: "HS256" },
      { kty: "OKP", crv: "X25519", x, kid },
      { kty: "OKP", crv: "Ed25519", x: `${x}=`, kid },
      { kty: "OKP", crv: "Ed25519", x: x.slice(2), kid },
      { kty: "OKP", crv: "Ed25519", x, kid, d: x },
      { kty: "OKP", crv: "Ed25519", x, kid, use: "enc" },
      { kty: "OKP", crv: "Ed25519", x },
      null,
      "key",
    ];
    expect(trustKeys([{ issuer, jwks: others }]).isEmpty).toBe(true);
  });

  it("two keys by one kid in one set are a mistake that is told", () => {
    const twin = { ...generateSigningKey().publicJwk, kid: key.kid };
    expect(() => trustKeys([{ issuer, jwks: [key.publicJwk, twin] }])).toThrow(/twice/);
  });
});

describe("claims", () => {
  it("a document signed for another purpose is never taken for a token", () => {
    for (const typ of ["JWT", "statuslist+jwt", "USHER-LICENSE+JWT", undefined, null]) {
      expect(verdict(forge({ ...header, typ }))).toBe("wrong_type");
    }
  });

  it("each required claim is required", () => {
    for (const name of [
      "iss",
      "aud",
      "sub",
      "jti",
      "iat",
      "nbf",
      "exp",
      "entitlements",
      "status",
    ]) {
      const { [name as keyof ReturnType<typeof someClaims>]: _gone, ...rest } = someClaims();
      expect(verdict(forge(header, rest)), name).toBe("claims_malformed");
    }
  });

  it("times that are no whole seconds are refused", () => {
    for (const exp of ["4000000000", 1.5, -1, 1e300, null, [], true]) {
      expect(verdict(forge(header, { ...someClaims(), exp }))).toBe("claims_malformed");
    }
  });

  it("another issuer or audience is refused, the empty one included", () => {
    expect(verdict(forge(header, someClaims({ iss: `${issuer}/` })))).toBe("issuer_mismatch");
    expect(verdict(forge(header, someClaims({ aud: "products" })))).toBe("audience_mismatch");
    expect(verdict(forge(header, { ...someClaims(), aud: [] }))).toBe("audience_mismatch");
    const anyone = verifyToken({
      ...expected,
      audience: "",
      compact: forge(header, someClaims({ aud: "" })),
      now: noon,
    });
    expect(anyone.ok).toBe(false);
  });

  it("a key named twice is refused, at any depth and with any spacing", () => {
    const text = JSON.stringify(someClaims());
    for (const twice of [
      text.replace("{", `{"iss":"${issuer}",`),
      text.replace("{", `{"iss" :\n"${issuer}",`),
      text.replace("{", `{"\\u0069ss":"${issuer}",`),
      text.replace('"sso":{', '"sso":{"kind":"boolean",'),
      text.replace('"idx":5', '"idx":6,"idx":5'),
    ]) {
      expect(() => JSON.parse(twice)).not.toThrow();
      expect(verdict(forge(header, twice))).toBe("malformed");
    }
    const plain = JSON.stringify(header);
    expect(verdict(forge(plain.replace("{", '{"alg":"none",')))).toBe("malformed");
  });

  it("a text that only looks like a repeated key is none", () => {
    const claims = {
      ...someClaims(),
      entitlements: { note: { kind: "config", value: '"iss":"x","iss":', list: ["a", "a", ":"] } },
    };
    expect(verdict(forge(header, claims))).toBe("ok");
  });

  it("what is nested too deep, no object, no UTF-8 or no JSON is refused", () => {
    const deep = JSON.stringify({ ...someClaims(), deep: "@" }).replace(
      '"@"',
      "[".repeat(20) + "]".repeat(20),
    );
    for (const payload of [
      deep,
      "[]",
      "null",
      '"x"',
      "1",
      "",
      "{",
      JSON.stringify(someClaims()).slice(1),
    ]) {
      expect(verdict(forge(header, payload))).toBe("malformed");
    }
    const input = `${Buffer.from(JSON.stringify(header)).toString("base64url")}.${Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]).toString("base64url")}`;
    const signature = sign(null, Buffer.from(input), key.privateKey).toString("base64url");
    expect(verdict(`${input}.${signature}`)).toBe("malformed");
  });
});

describe("form", () => {
  it("a second spelling of the same bytes is refused", () => {
    const [head = "", body = "", signature = ""] = compact.split(".");
    const lastChar = signature.at(-1) as string;
    const trailing = alphabet[alphabet.indexOf(lastChar) ^ 1] as string;
    expect(Buffer.from(signature.slice(0, -1) + trailing, "base64url")).toEqual(
      Buffer.from(signature, "base64url"),
    );
    for (const respelled of [
      `${head}.${body}.${signature.slice(0, -1)}${trailing}`,
      `${head}.${body}.${signature}=`,
      `${head}.${body}.${signature}==`,
      `${head}=.${body}.${signature}`,
      `${head}.${body} .${signature}`,
      `${head}.${body}\n.${signature}`,
      ` ${compact}`,
      `${compact}\n`,
      `${head}.${body}.${signature.replaceAll("-", "+").replaceAll("_", "/")}=`,
      `${head}.${body}..${signature}`,
      `${head}..${body}.${signature}`,
      `${head}.${body}.${signature}.`,
      `.${compact}`,
      compact.replace(body[5] as string, String.fromCharCode(0x100 + body.charCodeAt(5))),
    ]) {
      expect(verdict(respelled), respelled).not.toBe("ok");
    }
  });

  it("a token beyond the size that is looked at is refused unread", () => {
    expect(verdict("a".repeat(tokenBytesMax + 1))).toBe("too_large");
    expect(verdict(`${"a".repeat(600)}.a.a`)).toBe("too_large");
  });

  it("what is no token at all is refused", () => {
    for (const text of ["", ".", "..", "...", "a.b", "a.b.c", "null", "💥.💥.💥"]) {
      expect(verdict(text)).toBe("malformed");
    }
    expect(verdict(undefined as unknown as string)).toBe("malformed");
  });
});

describe("mutation", () => {
  it("of 10,000 mutated tokens none is accepted", { timeout: 60_000 }, () => {
    const other = licenseFixture();
    const donors = [
      signer.signToken(someClaims({ sub: "cus_01jd8e6q2mf8hr4wv2nq9x5t3d" })).compact,
      other.signer.signToken(someClaims()).compact,
      signer.signStatusList({
        iss: issuer,
        sub: "https://hub.example/list",
        iat: noon / 1000,
        exp: noon / 1000 + 60,
        ttl: 60,
        status_list: { bits: 1, lst: "eNrbuRgAAhcBXQ" },
      }).compact,
    ];
    const parts = (text: string) => text.split(".") as [string, string, string];
    const place = fc.nat(compact.length - 1);
    const mutant = fc.oneof(
      fc
        .tuple(place, fc.string({ minLength: 1, maxLength: 3, unit: "binary" }))
        .map(([at, text]) => compact.slice(0, at) + text + compact.slice(at + text.length)),
      fc
        .tuple(place, fc.constantFrom(...`${alphabet}.`.split("")))
        .map(([at, char]) => compact.slice(0, at) + char + compact.slice(at + 1)),
      fc
        .tuple(place, fc.integer({ min: 1, max: 20 }))
        .map(([at, length]) => compact.slice(0, at) + compact.slice(at + length)),
      fc
        .tuple(place, fc.integer({ min: 1, max: 20 }))
        .map(([at, length]) => compact.slice(0, at + length) + compact.slice(at)),
      fc.tuple(place, place).map(([one, two]) => {
        const chars = compact.split("");
        [chars[one], chars[two]] = [chars[two] as string, chars[one] as string];
        return chars.join("");
      }),
      fc.tuple(fc.constantFrom(...donors), fc.integer({ min: 1, max: 6 })).map(([donor, mask]) =>
        parts(compact)
          .map((part, index) => ((mask >> index) & 1 ? parts(donor)[index] : part))
          .join("."),
      ),
    );
    let tried = 0;
    fc.assert(
      fc.property(mutant, (text) => {
        if (text === compact || text === donors[0]) return;
        tried += 1;
        expect(verdict(text)).not.toBe("ok");
      }),
      { numRuns: 11_000 },
    );
    expect(tried).toBeGreaterThanOrEqual(10_000);
  });
});
