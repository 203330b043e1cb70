import { type Deal, hashDeal, keepWhatWasSold } from "@usher/entitlement-core/deal";
import type { CustomerId, Instant, OrderId } from "@usher/entitlement-core/kernel";
import { instantToIso } from "@usher/entitlement-core/kernel";
import {
  decideOrder,
  evolveOrder,
  hasAccess,
  noOrder,
  type Refusal,
} from "@usher/entitlement-core/order";
import { saveCustomers } from "./customer-repository.ts";
import { customerOf, type DealToReceive, factsOf, revisionHashOf } from "./deal-to-receive.ts";
import { createId } from "./ids.ts";
import {
  insertOrders,
  type LockedOrder,
  lockOrders,
  type ReceivedOrderRow,
  recordReading,
  reviseOrders,
} from "./order-intake-sql.ts";
import { type StoredOrder, standingOf } from "./stored-order.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";

/** What became of a received deal. */
export type DealOutcome =
  /** `outboxId` is the message that starts the run: mark it when you have started it yourself. */
  | {
      readonly kind: "created";
      readonly orderId: OrderId;
      readonly revision: 1;
      readonly outboxId: number;
    }
  | {
      readonly kind: "revised";
      readonly orderId: OrderId;
      readonly revision: number;
      readonly outboxId: number;
    }
  /** The deal was saved without a change for us, and that was the fix its order waited for. */
  | {
      readonly kind: "resumed";
      readonly orderId: OrderId;
      readonly revision: number;
      readonly outboxId: number;
    }
  | {
      readonly kind: "unchanged";
      readonly orderId: OrderId;
      readonly revision: number;
      /**
       * `version`: announced before. `content`: saved without a change for us, such as the echo of
       * our own write-back. `overtaken`: a later reading is already here.
       */
      readonly because: "version" | "content" | "overtaken";
    }
  /** The order takes no more revisions. */
  | {
      readonly kind: "refused";
      readonly orderId: OrderId;
      readonly reasons: readonly [Refusal, ...Refusal[]];
    };

/** As `receiveDeals`, for one. */
export async function receiveDeal(
  tx: TenantTransaction,
  deal: DealToReceive,
): Promise<DealOutcome> {
  const [outcome] = await receiveDeals(tx, [deal]);
  if (outcome === undefined) throw new Error("receiveDeals answered nothing for one deal.");
  return outcome;
}

/**
 * The one way an order or a revision comes into being. A deal is known by (system, id): of any
 * number of announcements at once, in any number of processes, one makes the order. A version that
 * is known, or a content that is the newest, makes no revision. Hundreds of deals cost as many
 * statements as one. Answers in the order of `deals`.
 */
export async function receiveDeals(
  tx: TenantTransaction,
  deals: readonly DealToReceive[],
): Promise<readonly DealOutcome[]> {
  if (deals.length === 0) return [];
  const customers = await saveCustomers(
    tx,
    deals.flatMap((one) => customerOf(one) ?? []),
  );
  const outcomes = new Map<DealToReceive, DealOutcome>();
  // One deal twice in one call is worked on in the order given.
  for (const round of inRoundsOfDistinctDeals(deals)) {
    const created = await createOrders(tx, { deals: round, customers });
    const known = round.filter((one) => !created.has(one));
    const revised = await reviseKnownOrders(tx, { deals: known, customers });
    for (const one of round) {
      const outcome = created.get(one) ?? revised.get(one);
      if (outcome === undefined) {
        throw new Error(`The order of deal ${one.deal.system}/${one.deal.id} vanished.`);
      }
      outcomes.set(one, outcome);
    }
  }
  return deals.map((one) => outcomes.get(one) as DealOutcome);
}

interface Intake {
  readonly deals: readonly DealToReceive[];
  readonly customers: ReadonlyMap<string, CustomerId>;
}

async function createOrders(
  tx: TenantTransaction,
  { deals, customers }: Intake,
): Promise<ReadonlyMap<DealToReceive, DealOutcome>> {
  const rows = new Map(deals.map((one) => [one.orderId ?? createId("order"), one]));
  const started = await insertOrders(
    tx,
    [...rows].map(([id, one]) => toNewOrder({ id, one, customers })),
  );
  const created = new Map<DealToReceive, DealOutcome>();
  for (const [orderId, outboxId] of started) {
    const one = rows.get(orderId);
    if (one !== undefined) created.set(one, { kind: "created", orderId, revision: 1, outboxId });
  }
  return created;
}

function toNewOrder({
  id,
  one,
  customers,
}: {
  readonly id: OrderId;
  readonly one: DealToReceive;
  readonly customers: ReadonlyMap<string, CustomerId>;
}): ReceivedOrderRow {
  const revisionHash = revisionHashOf(one);
  const decision = decideOrder({
    state: noOrder,
    command: {
      type: "receive",
      revisionHash,
      dealVersion: one.deal.version,
      isBilled: one.receivedFrom === "checkout",
    },
  });
  if (!decision.ok) throw new Error(`A new order was refused: ${decision.reasons[0].sentence}`);
  return toRow({ id, one, customers, revisionHash, events: decision.value, before: null });
}

async function reviseKnownOrders(
  tx: TenantTransaction,
  { deals, customers }: Intake,
): Promise<ReadonlyMap<DealToReceive, DealOutcome>> {
  const outcomes = new Map<DealToReceive, DealOutcome>();
  if (deals.length === 0) return outcomes;
  const locked = await lockOrders(tx, deals);
  const rows = new Map<OrderId, { readonly one: DealToReceive; readonly row: ReceivedOrderRow }>();
  const asBefore: { readonly orderId: OrderId; readonly readAt: Instant }[] = [];
  for (const one of deals) {
    const found = locked.get(`${one.deal.system} ${one.deal.id}`);
    if (found === undefined) continue;
    const { order, ofVersion, isNewestVersion } = found;
    const { id: orderId, revision } = order;
    const unchanged = (because: "version" | "content" | "overtaken") => {
      outcomes.set(one, { kind: "unchanged", orderId, revision, because });
      if (because === "content" || isNewestVersion) asBefore.push({ orderId, readAt: one.readAt });
    };
    const hasRecurred = ofVersion !== null && !isNewestVersion && one.connectionId !== null;
    if (ofVersion !== null && !hasRecurred) {
      if (one.connectionId === null && !saysTheSame(one, ofVersion)) {
        outcomes.set(one, { kind: "refused", orderId, reasons: [otherContent(one.deal)] });
      } else {
        unchanged("version");
      }
      continue;
    }
    if (one.readAt < order.sourceReadAt) {
      outcomes.set(one, { kind: "unchanged", orderId, revision, because: "overtaken" });
      continue;
    }
    const kept = asSold(one, found);
    const read = hasRecurred ? withRecurredVersion(kept, revision + 1) : kept;
    const revisionHash = revisionHashOf(read);
    const decision = decideOrder({
      state: order.state,
      command: { type: "revise", revisionHash, dealVersion: read.deal.version },
    });
    if (!decision.ok) {
      outcomes.set(one, { kind: "refused", orderId, reasons: decision.reasons });
    } else if (decision.value.length === 0) {
      unchanged(isNewestVersion ? "version" : "content");
    } else {
      const row = toRow({
        id: orderId,
        one: read,
        customers,
        revisionHash,
        events: decision.value,
        before: order,
      });
      rows.set(orderId, { one, row });
    }
  }
  await recordReading(tx, asBefore);
  const woken = await reviseOrders(
    tx,
    [...rows.values()].map(({ row }) => row),
  );
  for (const [orderId, outboxId] of woken) {
    const revised = rows.get(orderId);
    if (revised === undefined) continue;
    const { one, row } = revised;
    const kind = row.has_revision ? "revised" : "resumed";
    outcomes.set(one, { kind, orderId, revision: row.revision, outboxId });
  }
  return outcomes;
}

/** Publishing a catalog changes no order that runs: it is read with what it was sold with. */
function asSold(one: DealToReceive, { order, latest }: LockedOrder): DealToReceive {
  const { deal, content } = latest;
  if (content === null || revisionHashOf(one) === order.revisionHash) return one;
  const reading = keepWhatWasSold({
    before: { deal, content },
    deal: one.deal,
    reading: one.reading,
    hasAccess: hasAccess(order.state),
  });
  return { ...one, reading };
}

/** The same price may be written "12.5", and the same deal mean something else by a newer catalog. */
function saysTheSame(
  one: DealToReceive,
  known: { readonly deal: Deal; readonly revisionHash: string },
): boolean {
  return hashDeal(known.deal) === hashDeal(one.deal) || known.revisionHash === revisionHashOf(one);
}

function otherContent({ system, id, version }: DealToReceive["deal"]): Refusal {
  return {
    code: "order_version_conflict",
    sentence: `Version ${version} of ${system} ${id} is already here, with other content. Send a new source.version whenever the content changes.`,
  };
}

/**
 * A deal that we read ourselves is as it is now, also when that is what it was before: CRMs stamp by
 * the second, so a deal changed and changed back within one says the same version again. It is a
 * revision of its own, under a version of its own; what others announce to us (REST) is not read,
 * and an old version there is an old message.
 */
function withRecurredVersion(one: DealToReceive, revision: number): DealToReceive {
  return { ...one, deal: { ...one.deal, version: `${one.deal.version}~${revision}` } };
}

function toRow({
  id,
  one,
  customers,
  revisionHash,
  events,
  before,
}: {
  readonly id: OrderId;
  readonly one: DealToReceive;
  readonly customers: ReadonlyMap<string, CustomerId>;
  readonly revisionHash: string;
  readonly events: Parameters<typeof foldEvents>[1];
  readonly before: StoredOrder | null;
}): ReceivedOrderRow {
  const state = foldEvents(before?.state ?? noOrder, events);
  if (state.phase === "nothing") throw new Error(`Order ${id} has no state.`);
  const now = one.readAt;
  const { owner } = one.deal;
  const standing = standingOf({ state, before, owner, now });
  const customer = customerOf(one);
  const sequence = before?.eventSequence ?? 0;
  return {
    ...factsOf(one),
    id,
    source_system: one.deal.system,
    source_id: one.deal.id,
    source_read_at: instantToIso(one.readAt),
    connection_id: one.connectionId,
    customer_id: (customer && customers.get(customer.externalId)) ?? null,
    status: standing.status,
    status_since: instantToIso(standing.statusSince),
    waiting_on: standing.waitingOn,
    problem: standing.problem,
    blocked: standing.blockedOnProductCodes,
    state,
    revision: state.revision,
    revision_hash: revisionHash,
    has_revision: before === null || state.revision > before.revision,
    event_sequence: sequence + events.length,
    events: events.map((event, index) => ({
      sequence: sequence + index + 1,
      type: event.type,
      data: event,
    })),
    actor: one.requestedBy ?? one.deal.system,
    received_from: one.receivedFrom,
    requested_by: one.requestedBy,
    traceparent: one.traceparent,
  };
}

function foldEvents(
  state: Parameters<typeof evolveOrder>[0],
  events: readonly Parameters<typeof evolveOrder>[1][],
) {
  return events.reduce(evolveOrder, state);
}

function inRoundsOfDistinctDeals(
  deals: readonly DealToReceive[],
): readonly (readonly DealToReceive[])[] {
  const rounds: DealToReceive[][] = [];
  const seen = new Map<string, number>();
  for (const one of deals) {
    const key = `${one.deal.system} ${one.deal.id}`;
    const round = seen.get(key) ?? 0;
    seen.set(key, round + 1);
    const members = rounds[round] ?? [];
    members.push(one);
    rounds[round] = members;
  }
  return rounds;
}
