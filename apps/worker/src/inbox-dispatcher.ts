import type { AtFailpoint } from "@usher/activities";
import { isConnectorError } from "@usher/connector-sdk/spec";
import {
  claimInbox,
  type Database,
  finishInbox,
  type InboxMessage,
  postponeInbox,
  returnInbox,
} from "@usher/database";
import type { ConnectionId, Instant } from "@usher/entitlement-core/kernel";
import type { ConnectionTurn } from "./connection-loops.ts";
import { pauseAfterMs } from "./pause-after.ts";
import type { TurnOutcome } from "./service-loop.ts";
import type { WorkerLog } from "./worker-log.ts";
import type { WorkerMetrics } from "./worker-metrics.ts";

/** What is done with messages of one kind; all given are ended in the transaction that holds what they caused. */
export type TakeMessages = (batch: InboxBatch) => Promise<void>;

export interface InboxBatch extends ConnectionTurn {
  readonly messages: readonly [InboxMessage, ...InboxMessage[]];
  /** When the batch was taken: what is read now is no older. */
  readonly claimedAt: Instant;
}

export interface InboxDispatcherDependencies {
  readonly database: Database;
  readonly takeDeals: TakeMessages;
  readonly takeBillingChanges: TakeMessages;
  readonly metrics: WorkerMetrics;
  readonly log: WorkerLog;
  readonly atFailpoint: AtFailpoint;
  /** After so long the batch of a worker that died is due again. Taking one twice is harmless. */
  readonly leaseSeconds: number;
}

const batchSize = 200;
const attemptsMax = 8;

/**
 * One turn over a connection's inbox. A batch that fails is taken apart until the message that
 * fails it stands alone: that one is tried again later and, in the end, put into quarantine with
 * its reason, while all others go on. When the remote system is what fails, the messages go back
 * untried and the connection is left alone for a while.
 */
export function createInboxDispatcher(deps: InboxDispatcherDependencies) {
  return async (turn: ConnectionTurn): Promise<TurnOutcome> => {
    const { tenantId, vendor } = turn;
    const { messages, claimedAt } = await deps.database.withTenant({ tenantId }, (tx) =>
      claimInbox(tx, {
        connectionId: vendor.connectionId as ConnectionId,
        limit: batchSize,
        leaseSeconds: deps.leaseSeconds,
        attemptsMax,
      }),
    );
    if (messages.length === 0) return "idle";
    deps.atFailpoint("inbox.after-claim");

    const deals = messages.filter((one) => one.dealId !== null && vendor.crm !== null);
    const changes = messages.filter((one) => one.dealId === null && vendor.billing !== null);
    const others = messages.filter((one) => !deals.includes(one) && !changes.includes(one));
    await ignore(deps, { ...turn, messages: others });
    for (const [take, ofKind] of [
      [deps.takeDeals, deals],
      [deps.takeBillingChanges, changes],
    ] as const) {
      const pauseMs = await takeApart(deps, { ...turn, messages: ofKind, claimedAt }, take);
      if (pauseMs !== null) return { pauseMs };
    }
    return messages.length === batchSize ? "more" : "idle";
  };
}

type Batch = Omit<InboxBatch, "messages"> & { readonly messages: readonly InboxMessage[] };

/** Answers how long the connection is to be left alone; null when it need not be. */
async function takeApart(
  deps: InboxDispatcherDependencies,
  batch: Batch,
  take: TakeMessages,
): Promise<number | null> {
  const [first, ...rest] = batch.messages;
  if (first === undefined) return null;
  try {
    await take({ ...batch, messages: [first, ...rest] });
    deps.metrics.inboxMessages.inc(
      { vendor: batch.vendor.vendor, outcome: "taken" },
      batch.messages.length,
    );
    return null;
  } catch (error) {
    // Stopped in the middle: the lease runs out and another worker takes them.
    if (batch.signal.aborted) throw error;
    const pauseMs = isConnectorError(error) ? pauseAfterMs(error.detail) : null;
    if (pauseMs !== null) {
      await giveBack(deps, batch, { reason: messageOf(error), pauseMs });
      return pauseMs;
    }
    if (rest.length === 0) {
      await setAside(deps, batch, messageOf(error));
      return null;
    }
    const middle = Math.ceil(batch.messages.length / 2);
    const halves = [batch.messages.slice(0, middle), batch.messages.slice(middle)] as const;
    const pause = await takeApart(deps, { ...batch, messages: halves[0] }, take);
    if (pause !== null) {
      await giveBack(
        deps,
        { ...batch, messages: halves[1] },
        { reason: messageOf(error), pauseMs: pause },
      );
      return pause;
    }
    return await takeApart(deps, { ...batch, messages: halves[1] }, take);
  }
}

async function ignore(
  deps: InboxDispatcherDependencies,
  batch: ConnectionTurn & { readonly messages: readonly InboxMessage[] },
): Promise<void> {
  if (batch.messages.length === 0) return;
  await deps.database.withTenant({ tenantId: batch.tenantId }, (tx) =>
    finishInbox(tx, {
      ids: batch.messages.map((one) => one.id),
      outcome: "ignored",
      because: "It names no deal, and this connection has no billing system that could read it.",
    }),
  );
  count(deps, batch, "ignored");
}

async function giveBack(
  deps: InboxDispatcherDependencies,
  batch: Batch,
  { reason, pauseMs }: { readonly reason: string; readonly pauseMs: number },
): Promise<void> {
  await deps.database.withTenant({ tenantId: batch.tenantId }, (tx) =>
    returnInbox(tx, {
      ids: batch.messages.map((one) => one.id),
      error: reason,
      retryAfterMs: pauseMs,
    }),
  );
  count(deps, batch, "given back");
}

async function setAside(
  deps: InboxDispatcherDependencies,
  batch: Batch,
  reason: string,
): Promise<void> {
  await deps.database.withTenant({ tenantId: batch.tenantId }, (tx) =>
    postponeInbox(tx, {
      ids: batch.messages.map((one) => one.id),
      error: reason,
      attemptsMax,
    }),
  );
  const isLast = batch.messages.some((one) => one.attempts >= attemptsMax);
  count(deps, batch, isLast ? "quarantined" : "postponed");
  deps.log.warn(
    {
      connection: batch.vendor.connectionId,
      messages: batch.messages.map((one) => one.id),
      reason,
    },
    isLast ? "inbox message quarantined" : "inbox message postponed",
  );
}

function count(
  { metrics }: InboxDispatcherDependencies,
  batch: { readonly vendor: { readonly vendor: string }; readonly messages: readonly unknown[] },
  outcome: string,
): void {
  metrics.inboxMessages.inc({ vendor: batch.vendor.vendor, outcome }, batch.messages.length);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
