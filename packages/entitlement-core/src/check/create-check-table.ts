import type { Feature, FeatureKey } from "../catalog/feature.ts";
import { effectiveEntitlement } from "../entitlement/effective-entitlement.ts";
import type { Entitlement } from "../entitlement/entitlement.ts";
import type { CustomerId } from "../kernel/ids.ts";
import { type UsageRecord, usageInPeriod } from "../usage/usage-record.ts";
import type { CheckAnswer, CheckReason } from "./check-answer.ts";
import { checkEntitlement, refuseBadAmount } from "./check-entitlement.ts";
import type { CheckQuestion } from "./check-question.ts";
import { admitsCountry } from "./geo-rule.ts";
import { createBlockArena } from "./table/block-arena.ts";
import { dayMs, manySegments, noPeriod, segmentWords, standings } from "./table/block-layout.ts";
import type { Payload } from "./table/payload.ts";
import { cellsOf, findCell, readBlock, readCell, readUsage } from "./table/read-block.ts";
import { TableAnswer } from "./table/table-answer.ts";
import { createTableVocabulary } from "./table/table-vocabulary.ts";
import { createUsagePeriodMemo } from "./table/usage-period-memo.ts";
import { createBlockWriter } from "./table/write-block.ts";

const never = Number.POSITIVE_INFINITY;

export interface CustomerRights {
  readonly customer: CustomerId;
  /** Every entitlement of the customer, ended and coming ones included. */
  readonly entitlements: readonly Entitlement[];
  /** By feature. Where it says nothing, the usage known so far is kept. */
  readonly usage?: Iterable<readonly [FeatureKey, UsageRecord]>;
}

/** All rights of one tenant in memory, asked by every check. */
export interface CheckTable {
  /** Holds from the moment it returns; a customer without rights is known, with nothing. */
  replaceCustomer(rights: CustomerRights): void;
  /** As `replaceCustomer` for many. */
  load(customers: Iterable<CustomerRights>): void;
  removeCustomer(customer: CustomerId): void;
  /** Says what was used. False when the customer holds no such metered or seat feature. */
  tellUsage(told: {
    readonly customer: CustomerId;
    readonly feature: FeatureKey;
    readonly record: UsageRecord;
  }): boolean;
  /** The catalog's features as of now. Only customers with rights to a changed one are worked over. */
  setFeatures(features: readonly Feature[]): void;
  /**
   * The same answer as `checkEntitlement(effectiveEntitlement(…))`. With `reuse`, an answer of this
   * table that is no longer needed, nothing is allocated and that very answer is overwritten.
   */
  check(question: CheckQuestion, reuse?: TableAnswer): TableAnswer;
  /** An answer to hand to `check` as `reuse`. */
  createAnswer(): TableAnswer;
  readonly customers: number;
  readonly entitlements: number;
  /** Bytes of the buffer and the index of customers, not of the keys' text. */
  readonly bytes: number;
}

/**
 * A table that answers checks without allocating or looking anything up but the customer.
 * Each customer is one block of a shared buffer (`table/block-layout.ts`); what many customers
 * share is held once. Not safe to use while one of its own calls is running; there is no other
 * concurrency in a JavaScript thread.
 */
export function createCheckTable({
  features,
}: {
  readonly features: readonly Feature[];
}): CheckTable {
  return createCheckTableParts({ features }).table;
}

/** The table with its insides, for measuring it against a bare loop over the same memory. */
export function createCheckTableParts({ features }: { readonly features: readonly Feature[] }) {
  const vocabulary = createTableVocabulary();
  const arena = createBlockArena();
  const writer = createBlockWriter(vocabulary);
  const payloads = vocabulary.payloads.values;
  const periodAt = createUsagePeriodMemo();
  const rowOf = new Map<string, number>();
  const featureNumbers = new Map<string, number>();
  const freeRows: number[] = [];
  let blockOf = new Uint32Array(1024);
  let wordsOf = new Uint32Array(1024);
  let rightsOf = new Uint32Array(1024);
  let rowsEver = 0;
  let entitlementCount = 0;

  const takeRow = (): number => {
    const free = freeRows.pop();
    if (free !== undefined) return free;
    if (rowsEver === blockOf.length) {
      const rows = Math.ceil(rowsEver * 1.25);
      blockOf = grown(blockOf, new Uint32Array(rows));
      wordsOf = grown(wordsOf, new Uint32Array(rows));
      rightsOf = grown(rightsOf, new Uint32Array(rows));
    }
    rowsEver += 1;
    return rowsEver - 1;
  };

  const blockAt = (row: number, customer: CustomerId) => ({
    views: arena.views,
    at: blockOf[row] as number,
    customer,
  });

  const replaceCustomer = ({ customer, entitlements, usage = [] }: CustomerRights): void => {
    const known = rowOf.get(customer);
    const merged = new Map<string, UsageRecord>(
      known === undefined ? [] : readUsage(blockAt(known, customer), vocabulary),
    );
    for (const [feature, record] of usage) merged.set(feature, record);
    const { scratch, words } = writer.write({ entitlements, usage: merged });
    const at = arena.add(scratch, words);
    let row = known;
    if (row === undefined) {
      row = takeRow();
      rowOf.set(customer, row);
    } else {
      arena.release(wordsOf[row] as number);
      entitlementCount -= rightsOf[row] as number;
    }
    blockOf[row] = at;
    wordsOf[row] = words;
    rightsOf[row] = entitlements.length;
    entitlementCount += entitlements.length;
    compactWhenWorthwhile();
  };

  const compactWhenWorthwhile = (): void => {
    if (!arena.wantsCompaction) return;
    const rows = [...rowOf.values()];
    const places = arena.compact(
      rows.map((row) => ({ at: blockOf[row] as number, words: wordsOf[row] as number })),
    );
    rows.forEach((row, index) => {
      blockOf[row] = places[index] as number;
    });
  };

  const setFeatures = (next: readonly Feature[]): void => {
    const changed = new Set<number>();
    const wanted = new Map(next.map((feature) => [feature.key as string, feature]));
    for (const key of new Set([...featureNumbers.keys(), ...wanted.keys()])) {
      const number = vocabulary.featureKeys.intern(key);
      const feature = wanted.get(key);
      if (!foldsAlike(vocabulary.features[number], feature)) changed.add(number);
      vocabulary.features[number] = feature;
      if (feature === undefined) featureNumbers.delete(key);
      else featureNumbers.set(key, number);
    }
    for (const [customer, row] of rowOf) {
      const block = blockAt(row, customer as CustomerId);
      const { words } = block.views;
      if (cellsOf(block).some((cell) => changed.has((words[cell + 4] as number) & 0xffff))) {
        replaceCustomer({
          customer: block.customer,
          entitlements: readBlock(block, vocabulary),
        });
      }
    }
  };

  /** Where a cell's usage window is not known for `at`, works it out and remembers it in the block. */
  const refreshWindow = (
    question: CheckQuestion,
    feature: Feature,
    meter: number,
    block: ReturnType<typeof blockAt>,
    cell: number,
  ): void => {
    const { at } = question;
    const effective = effectiveEntitlement({
      entitlements: readCell(block, cell, vocabulary),
      feature,
      at,
      periodAt,
    });
    const { period } = effective;
    if (period === null) throw new Error(`${feature.key} counts at ${at} but has no usage period.`);
    const { doubles } = block.views;
    const segment = segmentBounds(block.views.words, doubles, block.at, cell, at);
    const periodTo = period.to ?? never;
    doubles[meter + 3] = Math.max(period.from, segment.from);
    doubles[meter + 4] = Math.min(periodTo, segment.to);
    doubles[meter + 5] = period.from;
    doubles[meter + 6] = periodTo;
  };

  const check = (
    question: CheckQuestion,
    answer: TableAnswer = new TableAnswer(vocabulary),
  ): TableAnswer => {
    const { customer, amount, country, at } = question;
    refuseBadAmount(amount);
    const row = rowOf.get(customer);
    if (row === undefined) return answer.refuse("unknown_customer", "absent", never);
    const number = featureNumbers.get(question.feature);
    if (number === undefined) return answer.refuse("unknown_feature", "absent", never);

    const { views } = arena;
    const { words, doubles } = views;
    const block = blockOf[row] as number;
    const cell = findCell(words, block, number);
    if (cell < 0) return answer.refuse("no_entitlement", "absent", never);
    answer.views = views;
    answer.block = block;
    answer.cell = cell;
    answer.question = question;

    // Which stretch of the feature's course `at` lies in, and when the next one starts.
    let payloadNumber = words[cell + 5] as number;
    let state: TableAnswer["state"];
    let next: number;
    if (payloadNumber < manySegments) {
      const from = doubles[cell >> 1] as number;
      const to = doubles[(cell >> 1) + 1] as number;
      const graceTo = to + ((words[cell + 4] as number) >>> 16) * dayMs;
      if (at < from) return answer.refuse("not_yet_active", "not_yet_active", from);
      if (at >= graceTo) return answer.refuse("expired", "expired", never);
      state = at < to ? "active" : "in_grace";
      next = at < to ? to : graceTo;
    } else {
      const first = block + (words[cell] as number);
      let segment = first + ((words[cell + 1] as number) - 1) * segmentWords;
      next = never;
      while ((doubles[segment >> 1] as number) > at) {
        next = doubles[segment >> 1] as number;
        segment -= segmentWords;
      }
      state = standings[words[segment + 3] as number] as TableAnswer["state"];
      if (state === "absent") return answer.refuse("no_entitlement", state, next);
      if (state === "not_yet_active" || state === "expired")
        return answer.refuse(state, state, next);
      payloadNumber = words[segment + 2] as number;
    }

    const payload = payloads[payloadNumber] as Payload;
    if (payload.needsFold) return answer.adopt(checkByFold(question, number, block, cell));
    if (payload.geo !== null && !admitsCountry(payload.geo, country)) {
      const reason = country === null ? "country_required" : "country_not_allowed";
      return answer.refuse(reason, state, next);
    }

    let limit = payload.limit;
    let used = 0;
    let hasRoom = true;
    let reset = never;
    if (payload.isCounted) {
      const meter = (block + (words[cell + 7] as number)) >> 1;
      let period = noPeriod;
      if (payload.isMetered) {
        if (!(at >= (doubles[meter + 3] as number) && at < (doubles[meter + 4] as number))) {
          const feature = vocabulary.features[number] as Feature;
          refreshWindow(question, feature, meter, { views, at: block, customer }, cell);
        }
        period = doubles[meter + 5] as number;
        reset = doubles[meter + 6] as number;
        if (reset < next) next = reset;
      }
      let amountMax = payload.amount;
      if (doubles[meter] === period) {
        used = doubles[meter + 1] as number;
        const carried = Math.min(doubles[meter + 2] as number, payload.rolloverMax);
        if (carried > 0 && limit.kind === "limited") {
          amountMax = Math.min(amountMax + carried, Number.MAX_SAFE_INTEGER);
          limit = { kind: "limited", amount: amountMax };
        }
      }
      hasRoom = used + amount <= amountMax;
    }

    const allowed = hasRoom || payload.isSoft;
    const reason: CheckReason = !allowed
      ? "limit_reached"
      : !hasRoom
        ? "allowed_in_overage"
        : state === "in_grace"
          ? "allowed_in_grace"
          : "allowed";
    answer.allowed = allowed;
    answer.reason = reason;
    answer.state = state;
    answer.limit = limit;
    answer.value = payload.value;
    answer.usage = used;
    answer.reset = reset;
    answer.next = next;
    return answer;
  };

  const checkByFold = (
    question: CheckQuestion,
    number: number,
    at: number,
    cell: number,
  ): CheckAnswer => {
    const block = { views: arena.views, at, customer: question.customer };
    const feature = vocabulary.features[number] as Feature;
    const entitlements = readCell(block, cell, vocabulary);
    const effective = effectiveEntitlement({ entitlements, feature, at: question.at, periodAt });
    const record = readUsage(block, vocabulary).get(feature.key) ?? null;
    return checkEntitlement({
      effective,
      amount: question.amount,
      usage: usageInPeriod({ record, period: effective.period }),
      country: question.country,
    });
  };

  setFeatures(features);
  const table: CheckTable = {
    replaceCustomer,
    load(customers) {
      for (const rights of customers) replaceCustomer(rights);
      arena.trim();
    },
    removeCustomer(customer) {
      const row = rowOf.get(customer);
      if (row === undefined) return;
      rowOf.delete(customer);
      arena.release(wordsOf[row] as number);
      entitlementCount -= rightsOf[row] as number;
      freeRows.push(row);
      compactWhenWorthwhile();
    },
    tellUsage({ customer, feature, record }) {
      const row = rowOf.get(customer);
      const number = featureNumbers.get(feature);
      if (row === undefined || number === undefined) return false;
      const { words, doubles } = arena.views;
      const block = blockOf[row] as number;
      const cell = findCell(words, block, number);
      const place = cell < 0 ? 0 : (words[cell + 7] as number);
      if (place === 0) return false;
      const meter = (block + place) >> 1;
      doubles[meter] = record.periodFrom ?? noPeriod;
      doubles[meter + 1] = record.used;
      doubles[meter + 2] = record.carried;
      return true;
    },
    setFeatures,
    check,
    createAnswer: () => new TableAnswer(vocabulary),
    get customers() {
      return rowOf.size;
    },
    get entitlements() {
      return entitlementCount;
    },
    get bytes() {
      return arena.bytes + blockOf.byteLength + wordsOf.byteLength + rightsOf.byteLength;
    },
  };
  return { table, arena, vocabulary, rowOf, featureNumbers, blocks: () => blockOf };
}

/** The stretch around `at` in which the cell's sources stay the same. */
function segmentBounds(
  words: Uint32Array,
  doubles: Float64Array,
  block: number,
  cell: number,
  at: number,
): { readonly from: number; readonly to: number } {
  if ((words[cell + 5] as number) < manySegments) {
    return { from: Number.NEGATIVE_INFINITY, to: never };
  }
  const first = block + (words[cell] as number);
  let segment = first + ((words[cell + 1] as number) - 1) * segmentWords;
  let to = never;
  while ((doubles[segment >> 1] as number) > at) {
    to = doubles[segment >> 1] as number;
    segment -= segmentWords;
  }
  return { from: doubles[segment >> 1] as number, to };
}

/** True when rights to both are folded and counted the same way. */
function foldsAlike(one: Feature | undefined, other: Feature | undefined): boolean {
  if (one?.kind !== other?.kind) return false;
  return one?.kind !== "config" || other?.kind !== "config" || one.combine === other.combine;
}

function grown(
  from: Uint32Array<ArrayBuffer>,
  to: Uint32Array<ArrayBuffer>,
): Uint32Array<ArrayBuffer> {
  to.set(from);
  return to;
}
