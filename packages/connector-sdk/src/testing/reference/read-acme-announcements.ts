import {
  type AnnouncementPage,
  type CallContext,
  type Checkpoint,
  type InboundEvent,
  isConnectorError,
} from "../../spec/index.ts";
import { acmeBillEvents, acmeBillPage } from "./acme-announcement-api.ts";
import {
  type AcmeAnnouncementCheckpoint,
  readAnnouncementCheckpoint,
} from "./acme-announcement-checkpoint.ts";
import type { AcmeClient } from "./acme-client.ts";
import type { AcmeConfig } from "./acme-config.ts";

interface ReadAnnouncements {
  readonly config: AcmeConfig;
  readonly client: AcmeClient;
  readonly now: () => number;
  readonly context: CallContext;
}

/**
 * One page of what Acme logged about bills, in the order (stamp, id), going on after the last
 * event's pair. An event may be logged behind one that was read: each pass begins an overlap before
 * the last one did. Whoever was away for longer than Acme keeps its log is given every bill that
 * stands, as if it had been announced.
 */
export async function readAcmeAnnouncements(
  input: ReadAnnouncements & { readonly checkpoint: Checkpoint | null },
): Promise<AnnouncementPage> {
  const { config, now } = input;
  const at = readAnnouncementCheckpoint({
    checkpoint: input.checkpoint,
    overlapSeconds: config.overlapSeconds,
    nowMs: now(),
  });
  if (at.phase === "bills") return readStandingBills(at, input);
  return readEvents(at, input).catch((error: unknown) => {
    if (!isForgotten(error)) throw error;
    return {
      events: [],
      checkpoint: { ...at, phase: "bills", id: "", passStartedAt: null },
      hasMore: true,
      isFullRead: true,
    } as const;
  });
}

async function readEvents(
  at: AcmeAnnouncementCheckpoint,
  { config, client, context }: ReadAnnouncements,
): Promise<AnnouncementPage> {
  const page = await client.send(
    {
      method: "GET",
      path: "/v1/bill_events",
      query: { limit: config.pageSize, since: at.stamp, after: at.id === "" ? undefined : at.id },
      what: "Reading what happened to bills",
      schema: acmeBillEvents,
    },
    context,
  );
  const passStartedAt = at.passStartedAt ?? page.server_time;
  const last = page.events.at(-1);
  const hasMore = page.has_more && last !== undefined;
  return {
    events: page.events.map((body) => ({ eventId: body.id, type: body.type, dealId: null, body })),
    checkpoint: hasMore
      ? { phase: "events", stamp: last.occurred_at, id: last.id, passStartedAt }
      : nextPass(passStartedAt, config),
    hasMore,
  };
}

async function readStandingBills(
  at: AcmeAnnouncementCheckpoint,
  { config, client, context }: ReadAnnouncements,
): Promise<AnnouncementPage> {
  const page = await client.send(
    {
      method: "GET",
      path: "/v1/bills",
      query: { limit: config.pageSize, after: at.id === "" ? undefined : at.id },
      what: "Reading every bill",
      schema: acmeBillPage,
    },
    context,
  );
  // By Acme's clock: by ours, what happens until it is there could be missed.
  const passStartedAt = at.passStartedAt ?? page.server_time;
  const last = page.bills.at(-1);
  const events = page.bills
    .filter(({ state }) => state === "paid")
    .map((bill) => standing({ type: "bill.paid", billId: bill.id, passStartedAt }));
  // What happened while everything was read is in the log: the pass goes on there.
  const checkpoint =
    page.has_more && last !== undefined
      ? { ...at, id: last.id, passStartedAt }
      : nextPass(passStartedAt, config);
  return { events, checkpoint, hasMore: true };
}

function nextPass(passStartedAt: string, { overlapSeconds }: AcmeConfig) {
  const stamp = new Date(Date.parse(passStartedAt) - overlapSeconds * 1000).toISOString();
  return { phase: "events", stamp, id: "", passStartedAt: null } as const;
}

/** A bill as it stands, as if it had been announced when the read began. */
function standing(input: {
  readonly type: string;
  readonly billId: string;
  readonly passStartedAt: string;
}): InboundEvent {
  const { type, billId, passStartedAt } = input;
  const body = { type, object_id: billId };
  return { eventId: `standing:${passStartedAt}:${billId}`, type, dealId: null, body };
}

/** Acme keeps its log for a limited time; a position before that is no longer there. */
function isForgotten(error: unknown): boolean {
  return isConnectorError(error) && error.detail.vendorCode === "position_expired";
}
