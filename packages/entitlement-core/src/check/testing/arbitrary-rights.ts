import fc from "fast-check";
import type { ConfigCombination, ConfigValue, Feature, FeatureKey } from "../../catalog/feature.ts";
import type { GeoRule, ResetPeriod } from "../../catalog/offering.ts";
import type { Entitlement, EntitlementValue } from "../../entitlement/entitlement.ts";
import type { CustomerId, EntitlementId, OfferingVersionId, OrderId } from "../../kernel/ids.ts";
import { type Instant, instantFromIso, type TimeZone } from "../../kernel/instant.ts";
import type { Limit } from "../../kernel/limit.ts";

const day = 86_400_000;
const origin = instantFromIso("2027-01-01T00:00:00Z");
export const someCustomer = "cus_01jd8e6q2mf8hr4wv2nq9x5t3c" as CustomerId;

/** Few distinct instants, so that starts, ends and questions often meet exactly. */
export const someInstant: fc.Arbitrary<Instant> = fc
  .tuple(fc.nat(80), fc.constantFrom(-1, 0, 0, 0, 1, day / 2))
  .map(([days, shift]) => (origin + days * 7 * day + shift) as Instant);

export const someCountry = fc.constantFrom(null, "DE", "US", "FR");

const someLimit: fc.Arbitrary<Limit> = fc.oneof(
  { weight: 6, arbitrary: fc.nat(20).map((amount): Limit => ({ kind: "limited", amount })) },
  { weight: 1, arbitrary: fc.constant<Limit>({ kind: "unlimited" }) },
  { weight: 1, arbitrary: fc.constant<Limit>({ kind: "none" }) },
  {
    weight: 1,
    arbitrary: fc.constant<Limit>({ kind: "limited", amount: Number.MAX_SAFE_INTEGER }),
  },
);

const someGeo: fc.Arbitrary<GeoRule | null> = fc.option(
  fc.record({
    mode: fc.constantFrom("allow", "deny"),
    countries: fc.subarray(["DE", "US", "FR"]),
  }),
  { freq: 2 },
);

const someEnforcement = fc.constantFrom("soft", "hard");
const someReset = fc.constantFrom<ResetPeriod>("never", "day", "week", "month", "year");

const someConfigValue: fc.Arbitrary<ConfigValue> = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.boolean(),
  fc.constantFrom("eu", "us"),
  fc.subarray(["a", "b", "c"]),
);

/** Every kind of feature, and every way of combining. */
export const someFeatures: readonly Feature[] = [
  { kind: "boolean" as const },
  { kind: "metered" as const, unit: "call" },
  { kind: "seat" as const },
  ...(["max", "min", "union", "latest"] satisfies ConfigCombination[]).map((combine) => ({
    kind: "config" as const,
    combine,
  })),
].map((one, index) => ({
  ...one,
  key: `feature_${index}` as FeatureKey,
  name: `Feature ${index}`,
  failPolicy: "closed",
}));

const someRight = {
  id: fc.nat(15),
  length: fc.option(fc.nat(30), { freq: 8 }),
  graceDays: fc.constantFrom(0, 0, 7, 14, 70_000),
  geo: someGeo,
  line: fc.constantFrom("1", "2", "Zeile ü", "行", ""),
  order: fc.constantFrom(
    "ord_01jd8e6q2mf8hr4wv2nq9x5t3c",
    "ord_01jd8e6q2mf8hr4wv2nq9x5t3d",
    "plain",
  ),
  revision: fc.integer({ min: 1, max: 3 }),
  kind: fc.constantFrom("order-line", "order-line", "override"),
  decisions: fc.subarray(["apd_1", "apd_2"]),
  supersedes: fc.option(fc.nat(15), { freq: 4 }),
  activeFrom: someInstant,
} as const;

/** Rights of one customer to one or several features, with every oddity the books can hold. */
export function someRights(features: readonly Feature[]): fc.Arbitrary<readonly Entitlement[]> {
  const values = fc.record({
    feature: fc.constantFrom(...features),
    isMismatched: fc.nat(19).map((draw) => draw === 0),
    limit: someLimit,
    enforcement: someEnforcement,
    reset: someReset,
    pace: fc.nat(2),
    rollover: fc.option(someLimit),
    anchorDays: fc.option(fc.nat(40)),
    timeZone: fc.constantFrom("UTC", "UTC", "UTC", "UTC", "UTC", "Europe/Berlin"),
    config: someConfigValue,
  });
  return fc.array(fc.tuple(fc.record(someRight), values), { maxLength: 7 }).map((drawn) =>
    drawn.map(([right, value], index): Entitlement => {
      const { activeFrom, length, line, order, kind, revision, decisions, supersedes } = right;
      return {
        id: entitlementId(right.id * 8 + index),
        customerId: someCustomer,
        feature: value.feature.key,
        value: drawValue(value, activeFrom),
        activeFrom,
        activeTo: length === null ? null : ((activeFrom + length * 7 * day) as Instant),
        graceDays: right.graceDays,
        geo: right.geo,
        provenance: {
          kind,
          orderId: order as OrderId,
          revision,
          lineId: line,
          offeringVersionId: "ofv_01jd8e6q2mf8hr4wv2nq9x5t3c" as OfferingVersionId,
          decisionIds: decisions,
        },
        // Often one of the rights at hand, sometimes one that is not.
        supersedes:
          supersedes === null ? null : entitlementId(supersedes * 8 + (index > 0 ? index - 1 : 0)),
      };
    }),
  );
}

function drawValue(
  drawn: {
    readonly feature: Feature;
    readonly isMismatched: boolean;
    readonly limit: Limit;
    readonly enforcement: "soft" | "hard";
    readonly reset: ResetPeriod;
    readonly pace: number;
    readonly rollover: Limit | null;
    readonly anchorDays: number | null;
    readonly timeZone: string;
    readonly config: ConfigValue;
  },
  activeFrom: Instant,
): EntitlementValue {
  const kind = drawn.isMismatched ? "seat" : drawn.feature.kind;
  const { limit, enforcement, anchorDays } = drawn;
  switch (kind) {
    case "boolean":
      return { kind };
    case "config":
      return { kind, value: drawn.config };
    case "seat":
      return { kind, limit, enforcement };
    case "metered":
      return {
        kind,
        limit,
        // Mostly the same pace, as offerings of one feature have; sometimes any.
        reset: drawn.pace === 0 ? drawn.reset : "month",
        rollover: drawn.rollover === null ? null : { max: drawn.rollover },
        enforcement,
        ...(anchorDays !== null && {
          anchor: {
            at: (activeFrom - (anchorDays - 3) * day) as Instant,
            timeZone: drawn.timeZone as TimeZone,
          },
        }),
      };
  }
}

function entitlementId(number: number): EntitlementId {
  return `ent_01jd8e6q2mf8hr4wv2nq9x${String(number).padStart(4, "0")}` as EntitlementId;
}
