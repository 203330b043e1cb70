import { describe, expect, it } from "vitest";
import { createTokenVerifier } from "./create-token-verifier.ts";
import { createKnownStatusLists } from "./known-status-lists.ts";
import { createStatusBits, setRevoked } from "./status-bits.ts";
import { statusListClaims } from "./status-list-claims.ts";
import { issuer, licenseFixture, listUri, noon, someClaims } from "./testing/license-fixture.ts";
import { trustKeys } from "./trusted-keys.ts";

function stage() {
  const fixture = licenseFixture();
  const lists = createKnownStatusLists({ keys: () => fixture.keys, issuer });
  const publish = (revoked: readonly number[], at = noon) => {
    const bits = revoked.reduce<Uint8Array>(
      (list, index) => setRevoked({ bits: list, index }),
      createStatusBits(64),
    );
    const claims = statusListClaims({
      issuer,
      uri: listUri,
      bits,
      now: at,
      ttlSeconds: 60,
      lifeSeconds: 3600,
    });
    return lists.take({
      compact: fixture.signer.signStatusList(claims).compact,
      uri: listUri,
      now: at,
    });
  };
  const verifier = createTokenVerifier({ ...fixture.expected, statusLists: lists });
  const { compact } = fixture.signer.signToken(someClaims());
  const verdict = (now = noon, text = compact) => {
    const verified = verifier.verify({ compact: text, now });
    return verified.ok ? "ok" : verified.reasons[0];
  };
  return { ...fixture, lists, publish, verifier, compact, verdict };
}

describe("revocation", () => {
  it("a revoked token is refused from the instant the list says so, remembered or not", () => {
    const { publish, verdict } = stage();
    publish([]);
    expect(verdict()).toBe("ok");
    publish([5]);
    expect(verdict()).toBe("revoked");
  });

  it("revoking one token leaves its neighbors alone", () => {
    const { publish, verdict } = stage();
    publish([4, 6, 13]);
    expect(verdict()).toBe("ok");
  });

  it("an old list cannot bring a revoked token back", () => {
    const { publish, verdict } = stage();
    publish([5], noon);
    expect(publish([], noon - 60_000)).toEqual({ ok: false, reasons: ["older_than_known"] });
    expect(verdict()).toBe("revoked");
  });

  it("without a list, past its end, or beyond its size the status is unknown and refuses", () => {
    const { publish, verdict, signer } = stage();
    expect(verdict()).toBe("status_unknown");
    publish([]);
    expect(verdict(noon + 3_600_000 - 1)).toBe("ok");
    expect(verdict(noon + 3_600_000)).toBe("status_unknown");
    const beyond = signer.signToken(
      someClaims({ status: { status_list: { idx: 64, uri: listUri } } }),
    );
    expect(verdict(noon, beyond.compact)).toBe("status_unknown");
  });

  it("a product may choose to go on when nobody knows the status, never when it is revoked", () => {
    const { expected, lists, publish, compact } = stage();
    const lenient = createTokenVerifier({
      ...expected,
      statusLists: lists,
      whenStatusUnknown: "accept",
    });
    expect(lenient.verify({ compact, now: noon }).ok).toBe(true);
    publish([5]);
    expect(lenient.verify({ compact, now: noon }).ok).toBe(false);
  });
});

describe("remembered tokens", () => {
  it("a remembered token is refused from its end on", () => {
    const { expected, compact } = stage();
    const verifier = createTokenVerifier({ ...expected, statusLists: null });
    const end = someClaims().exp * 1000;
    expect(verifier.verify({ compact, now: noon }).ok).toBe(true);
    expect(verifier.verify({ compact, now: end - 1 }).ok).toBe(true);
    expect(verifier.verify({ compact, now: end })).toEqual({ ok: false, reasons: ["expired"] });
    expect(verifier.verify({ compact, now: noon - 1 })).toEqual({
      ok: false,
      reasons: ["not_yet_valid"],
    });
  });

  it("a token that shares a remembered one's signature is judged by itself", () => {
    const { publish, verdict, compact } = stage();
    publish([]);
    expect(verdict()).toBe("ok");
    const body = compact.split(".")[1] as string;
    const tampered = compact.replace(body, `${body.slice(0, -2)}AA`);
    expect(verdict(noon, tampered)).toBe("signature_invalid");
    expect(verdict()).toBe("ok");
  });

  it("when keys are replaced, tokens of a withdrawn key are refused although remembered", () => {
    const { expected, compact, keys } = stage();
    const verifier = createTokenVerifier({ ...expected, statusLists: null });
    expect(verifier.verify({ compact, now: noon }).ok).toBe(true);
    verifier.replaceKeys(trustKeys([{ issuer, jwks: licenseFixture().signer.jwks().keys }]));
    expect(verifier.verify({ compact, now: noon })).toEqual({
      ok: false,
      reasons: ["unknown_key"],
    });
    verifier.replaceKeys(keys);
    expect(verifier.verify({ compact, now: noon }).ok).toBe(true);
  });

  it("a caller cannot alter what the next caller is told", () => {
    const { expected, compact } = stage();
    const verifier = createTokenVerifier({ ...expected, statusLists: null });
    const verified = verifier.verify({ compact, now: noon });
    if (!verified.ok) throw new Error(verified.reasons[0]);
    const entitlements = verified.value.claims.entitlements as Record<string, unknown>;
    expect(() => Object.assign(entitlements, { admin: { kind: "boolean" } })).toThrow(TypeError);
    expect(verifier.verify({ compact, now: noon })).toEqual(verified);
  });

  it("answers are the same with the smallest cache, whatever the order", () => {
    const { expected, signer } = stage();
    const verifier = createTokenVerifier({ ...expected, statusLists: null, cacheEntriesMax: 2 });
    const tokens = Array.from({ length: 7 }, (_, index) => {
      const claims = someClaims({ jti: `lic_${index}` as never });
      return { claims, compact: signer.signToken(claims).compact };
    });
    for (let turn = 0; turn < 50; turn += 1) {
      const token = tokens[(turn * 3) % 7] as (typeof tokens)[number];
      const verified = verifier.verify({ compact: token.compact, now: noon });
      expect(verified.ok && verified.value.claims).toEqual(token.claims);
    }
  });
});
