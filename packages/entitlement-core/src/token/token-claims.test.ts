import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  someCustomer,
  someFeatures,
  someInstant,
  someRights,
} from "../check/testing/arbitrary-rights.ts";
import { effectiveEntitlement } from "../entitlement/effective-entitlement.ts";
import type { Entitlement } from "../entitlement/entitlement.ts";
import {
  apiCalls,
  aRight,
  customer,
  day,
  region,
  seats,
  someCalls,
  someSeats,
  sso,
} from "../entitlement/testing/right-builder.ts";
import type { TokenId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { claimedStretchAt, type TokenClaims, tokenClaims } from "./token-claims.ts";

const now = day("2027-07-01");
const daySeconds = 86_400;

function claimsOf(
  entitlements: readonly Entitlement[],
  {
    at = now as Instant,
    ttlSecondsMax = 30 * daySeconds,
    features = [sso, seats, apiCalls, region],
  } = {},
) {
  return tokenClaims({
    issuer: "https://hub.example",
    audience: "product",
    customer,
    entitlements,
    features,
    now: at,
    jti: "lic_1" as TokenId,
    statusList: { index: 7, uri: "https://hub.example/v1/status_lists/stl_1" },
    ttlSecondsMax,
  });
}

function signedClaims(...input: Parameters<typeof claimsOf>): TokenClaims {
  const outcome = claimsOf(...input);
  if (!outcome.ok) throw new Error(outcome.reasons[0]);
  return outcome.value;
}

describe("token claims", () => {
  it("are those of a license document, small", () => {
    expect(
      signedClaims([
        aRight("a"),
        aRight("b", someSeats(5)),
        aRight("c", someCalls(1000)),
        aRight("d", { feature: region.key, value: { kind: "config", value: "eu" } }),
      ]),
    ).toEqual({
      iss: "https://hub.example",
      aud: "product",
      sub: customer,
      jti: "lic_1",
      iat: now / 1000,
      nbf: now / 1000,
      exp: now / 1000 + 30 * daySeconds,
      entitlements: {
        sso: { kind: "boolean" },
        seats: { kind: "seat", limit: 5, enforcement: "hard" },
        api_calls: { kind: "metered", limit: 1000, enforcement: "hard", reset: "month" },
        region: { kind: "config", value: "eu" },
      },
      status: { status_list: { idx: 7, uri: "https://hub.example/v1/status_lists/stl_1" } },
    });
  });

  it("end with the last right, grace included, and never outlive the longest life", () => {
    const soon = aRight("a", { activeTo: day("2027-07-04") });
    const later = aRight("b", { ...someSeats(5), activeTo: day("2027-07-05"), graceDays: 2 });
    expect(signedClaims([soon]).exp).toBe(day("2027-07-04") / 1000);
    expect(signedClaims([soon, later]).exp).toBe(day("2027-07-07") / 1000);
    const endless = aRight("c", { activeTo: null });
    expect(signedClaims([endless], { ttlSecondsMax: 60 }).exp).toBe(now / 1000 + 60);
    expect(signedClaims([endless], { ttlSecondsMax: 10_000 * daySeconds }).exp).toBe(
      now / 1000 + 366 * daySeconds,
    );
  });

  it("a right that begins while the token lives is in it: contracts are signed before they begin", () => {
    const coming = aRight("a", { ...someCalls(5), activeFrom: day("2027-07-10") });
    const claims = signedClaims([coming]);
    expect(claims.entitlements.api_calls).toEqual({
      kind: "metered",
      state: "inactive",
      until: day("2027-07-10") / 1000,
      enforcement: "hard",
      reset: "month",
      later: [{ limit: 5 }],
    });
    const of = (at: Instant) => claimedStretchAt({ claims, feature: apiCalls.key, at });
    expect(of((day("2027-07-10") - 1) as Instant)).toBeNull();
    expect(of(day("2027-07-10"))).toMatchObject({ limit: 5 });
  });

  it("nothing held while it would live is nothing to sign, whatever was or will be held", () => {
    const past = aRight("a", { activeTo: day("2027-06-01") });
    const coming = aRight("b", { ...someSeats(5), activeFrom: day("2027-08-01") });
    expect(claimsOf([past, coming])).toEqual({ ok: false, reasons: ["nothing_to_sign"] });
    const thisSecond = aRight("c", { activeTo: (now + 500) as Instant });
    expect(claimsOf([thisSecond])).toEqual({ ok: false, reasons: ["nothing_to_sign"] });
  });

  it("a change inside the token's life is told ahead", () => {
    const addOn = aRight("b", { ...someSeats(3), activeTo: day("2027-07-10") });
    const claims = signedClaims([aRight("a", someSeats(5)), addOn]);
    expect(claims.entitlements.seats).toEqual({
      kind: "seat",
      limit: 8,
      until: day("2027-07-10") / 1000,
      enforcement: "hard",
      later: [{ limit: 5 }],
    });
  });

  it("a life that is no whole second is a mistake", () => {
    for (const ttlSecondsMax of [0, -1, 0.5, Number.NaN]) {
      expect(() => claimsOf([aRight("a")], { ttlSecondsMax })).toThrow(RangeError);
    }
  });
});

describe("a token asked offline", () => {
  it("says at every second of its life what the hub would say", () => {
    const fullSecond = someInstant.map((at) => (Math.floor(at / 1000) * 1000) as Instant);
    fc.assert(
      fc.property(
        someRights(someFeatures),
        fullSecond,
        fc.array(fc.nat(1000), { minLength: 6, maxLength: 6 }),
        (rights, at, shares) => {
          const outcome = tokenClaims({
            issuer: "i",
            audience: "a",
            customer: someCustomer,
            entitlements: rights,
            features: someFeatures,
            now: at,
            jti: "lic_1" as TokenId,
            statusList: { index: 0, uri: "u" },
            ttlSecondsMax: 60 * daySeconds,
          });
          if (!outcome.ok) return;
          const { value: claims } = outcome;
          for (const share of shares) {
            const second = claims.iat + Math.floor(((claims.exp - 1 - claims.iat) * share) / 1000);
            const asked = (second * 1000) as Instant;
            for (const feature of someFeatures) {
              const held = effectiveEntitlement({ entitlements: rights, feature, at: asked });
              const isCarried = Object.hasOwn(claims.entitlements, feature.key);
              const stretch = claimedStretchAt({ claims, feature: feature.key, at: asked });
              if (!isCarried) {
                expect(stretch).toBeNull();
                expect(held.isActive).toBe(false);
                continue;
              }
              // Changes are cut to the whole second, so within that second the two may differ.
              if (rights.some(({ activeFrom }) => activeFrom % 1000 !== 0)) continue;
              expect(stretch !== null).toBe(held.isActive);
              if (stretch === null) continue;
              expect(stretch.state === "in_grace").toBe(held.inGrace);
              expect(stretch.value ?? null).toEqual(held.value);
              expect(stretch.sources === undefined).toBe(held.geo.length === 0);
              if (feature.kind === "metered" || feature.kind === "seat") {
                expect(stretch.limit).toBe(
                  held.limit.kind === "limited" ? held.limit.amount : held.limit.kind,
                );
              }
            }
          }
        },
      ),
      { numRuns: 600 },
    );
  });

  it("says yes to nothing it does not carry, inherited names included", () => {
    const claims = signedClaims([aRight("a")]);
    for (const feature of ["seats", "constructor", "__proto__", "toString"]) {
      expect(claimedStretchAt({ claims, feature: feature as never, at: now })).toBeNull();
    }
  });
});
