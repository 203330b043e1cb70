import type { Feature, FeatureKey } from "../../catalog/feature.ts";
import type { Entitlement, EntitlementValue } from "../../entitlement/entitlement.ts";
import type { CustomerId, EntitlementId, OfferingVersionId, OrderId } from "../../kernel/ids.ts";
import { instantFromIso, type TimeZone } from "../../kernel/instant.ts";
import { type CheckTable, createCheckTableParts } from "../create-check-table.ts";
import { cellWords, headerWords, manySegments } from "../table/block-layout.ts";

/** Eight features of all kinds. */
export const benchFeatures: readonly Feature[] = (
  [
    { key: "sso", kind: "boolean" },
    { key: "api_calls", kind: "metered", unit: "call" },
    { key: "seats", kind: "seat" },
    { key: "region", kind: "config", combine: "latest" },
    { key: "audit", kind: "boolean" },
    { key: "exports", kind: "metered", unit: "export" },
    { key: "support", kind: "config", combine: "max" },
    { key: "sandbox", kind: "boolean" },
  ] as const
).map((one) => ({ ...one, key: one.key as FeatureKey, name: one.key, failPolicy: "closed" }));

const start = instantFromIso("2027-01-01T00:00:00Z");
const end = instantFromIso("2028-01-01T00:00:00Z");

/** The instant every question is about. */
export const benchNow = instantFromIso("2027-06-15T12:00:00Z");

const monthStart = instantFromIso("2027-06-01T00:00:00Z");

export interface CheckSubjects {
  readonly table: CheckTable;
  readonly questions: number;
  /** Bytes of heap and buffers that loading the table added, per entitlement. Needs `--expose-gc` to be exact. */
  readonly bytesPerEntitlement: number;
  /**
   * Each asks the same `count` questions, from the `first` on, and answers with how many were
   * allowed: the table with its full answer, with a reused one, and two bare loops over the same
   * memory that only compare (one finds the customer by its key as the table does, one is handed its place).
   */
  check(first: number, count: number): number;
  checkReusing(first: number, count: number): number;
  bareByKey(first: number, count: number): number;
  bareByPlace(first: number, count: number): number;
}

/**
 * `customers` × 8 rights from two order lines each, and `questions` about random ones of them in an
 * order that no cache can guess. `heapBytes` reads the memory in use after a collection.
 */
export function createCheckSubjects({
  customers,
  questions,
  heapBytes,
}: {
  readonly customers: number;
  readonly questions: number;
  readonly heapBytes: () => number;
}): CheckSubjects {
  const keys = Array.from({ length: customers }, (_, index) => typeId("cus", index) as CustomerId);
  const before = heapBytes();
  const parts = createCheckTableParts({ features: benchFeatures });
  const { table, arena, vocabulary, rowOf, featureNumbers } = parts;
  for (const [index, customer] of keys.entries()) {
    table.replaceCustomer({ customer, entitlements: rightsOf(customer, index) });
    for (const feature of ["api_calls", "exports"] as FeatureKey[]) {
      table.tellUsage({
        customer,
        feature,
        record: { periodFrom: monthStart, used: index % 1500, carried: 0 },
      });
    }
    const used = index % 60;
    table.tellUsage({
      customer,
      feature: "seats" as FeatureKey,
      record: { periodFrom: null, used, carried: 0 },
    });
  }
  const bytesPerEntitlement = (heapBytes() - before) / table.entitlements;

  const random = randomSource(7);
  const asked = Array.from({ length: questions }, () => {
    const customer = keys[Math.floor(random() * customers)] as CustomerId;
    const feature = benchFeatures[Math.floor(random() * benchFeatures.length)]?.key as FeatureKey;
    return { customer, feature, amount: 1, country: "DE", at: benchNow };
  });
  const rows = Uint32Array.from(asked, ({ customer }) => rowOf.get(customer) as number);
  const numbers = Uint32Array.from(asked, ({ feature }) => featureNumbers.get(feature) as number);
  const payloads = Array.from({ length: 4096 }, (_, index) => payloadAt(index));
  const reused = table.createAnswer();

  function payloadAt(index: number): { readonly counted: boolean; readonly amount: number } {
    try {
      const { isCounted, amount } = vocabulary.payloads.get(index);
      return { counted: isCounted, amount };
    } catch {
      return { counted: false, amount: 0 };
    }
  }

  /** May it, yes or no: the least that can be asked of the same memory. */
  const bare = (row: number, number: number, at: number, amount: number): boolean => {
    const { words, doubles } = arena.views;
    const block = parts.blocks()[row] as number;
    const last = block + headerWords + (words[block] as number) * cellWords;
    for (let cell = block + headerWords; cell < last; cell += cellWords) {
      if (((words[cell + 4] as number) & 0xffff) !== number) continue;
      if (at < (doubles[cell >> 1] as number) || at >= (doubles[(cell >> 1) + 1] as number)) {
        return false;
      }
      const payload = payloads[(words[cell + 5] as number) & (manySegments - 1)];
      if (payload === undefined || !payload.counted) return payload !== undefined;
      const meter = (block + (words[cell + 7] as number)) >> 1;
      return (doubles[meter + 1] as number) + amount <= payload.amount;
    }
    return false;
  };

  return {
    table,
    questions,
    bytesPerEntitlement,
    check(first, count) {
      let allowed = 0;
      for (let index = first; index < first + count; index += 1) {
        const question = asked[index % questions] as (typeof asked)[number];
        if (table.check(question).allowed) allowed += 1;
      }
      return allowed;
    },
    checkReusing(first, count) {
      let allowed = 0;
      for (let index = first; index < first + count; index += 1) {
        const question = asked[index % questions] as (typeof asked)[number];
        if (table.check(question, reused).allowed) allowed += 1;
      }
      return allowed;
    },
    bareByKey(first, count) {
      let allowed = 0;
      for (let index = first; index < first + count; index += 1) {
        const question = asked[index % questions] as (typeof asked)[number];
        const row = rowOf.get(question.customer) as number;
        const number = featureNumbers.get(question.feature) as number;
        if (bare(row, number, question.at, question.amount)) allowed += 1;
      }
      return allowed;
    },
    bareByPlace(first, count) {
      let allowed = 0;
      for (let index = first; index < first + count; index += 1) {
        const place = index % questions;
        if (bare(rows[place] as number, numbers[place] as number, benchNow, 1)) allowed += 1;
      }
      return allowed;
    },
  };
}

function rightsOf(customerId: CustomerId, index: number): readonly Entitlement[] {
  return benchFeatures.map((feature, place): Entitlement => {
    const line = place < 5 ? 0 : 1;
    return {
      id: typeId("ent", index * 8 + place) as EntitlementId,
      customerId,
      feature: feature.key,
      value: grantedBy(feature, index),
      activeFrom: start,
      activeTo: end,
      graceDays: 14,
      geo: null,
      provenance: {
        kind: "order-line",
        orderId: typeId("ord", index) as OrderId,
        revision: 1,
        lineId: `00k${String(index * 2 + line).padStart(15, "0")}`,
        offeringVersionId: typeId("ofv", line) as OfferingVersionId,
        decisionIds: index % 10 === 0 ? [typeId("apd", index)] : [],
      },
      supersedes: null,
    };
  });
}

function grantedBy(feature: Feature, index: number): EntitlementValue {
  switch (feature.kind) {
    case "boolean":
      return { kind: "boolean" };
    case "config":
      return {
        kind: "config",
        value: feature.combine === "max" ? index % 4 : `region-${index % 5}`,
      };
    case "seat":
      return {
        kind: "seat",
        limit: { kind: "limited", amount: 5 + (index % 50) },
        enforcement: "hard",
      };
    case "metered":
      return {
        kind: "metered",
        limit: { kind: "limited", amount: 1000 * (1 + (index % 3)) },
        reset: "month",
        rollover: null,
        enforcement: "hard",
        anchor: { at: start, timeZone: "UTC" as TimeZone },
      };
  }
}

/** A well-formed TypeID that looks random but is the same for the same number. */
function typeId(prefix: string, number: number): string {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  const random = randomSource(number * 2_654_435_761 + prefix.charCodeAt(0));
  let text = `${prefix}_0`;
  for (let char = 0; char < 25; char += 1) text += alphabet[Math.floor(random() * 32)];
  return text;
}

/** mulberry32: seeded, so that every run asks the same questions. */
function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
