import type { BillingConnector } from "../../spec/billing-connector.ts";
import type { CallContext } from "../../spec/call-context.ts";
import type { Checkpoint } from "../../spec/crm-connector.ts";
import type { InboundEvent } from "../../spec/webhook.ts";
import type { ConformanceBench, WarmConnection } from "../conformance-bench.ts";
import type { ConformanceCheck } from "../conformance-check.ts";
import { must } from "../conformance-fault.ts";
import type { AnnouncementConformance, BillingConformance } from "../conformance-harness.ts";
import { badCheckpointsOf, mustBeKept } from "./checkpoint-shape.ts";
import { expectCategory, expectOk } from "./expect-outcome.ts";

const chapter = "Announcements of billing";

/** No log of the kit is longer: a read that goes on has lost its way. */
const pagesMax = 200;

interface AnnouncementsUnderCheck extends WarmConnection {
  readonly billing: BillingConnector;
  readonly peer: AnnouncementConformance;
  readonly orders: BillingConformance;
  /** The billing system of another connection. */
  readonly connectBilling: () => BillingConnector;
}

async function warmAnnouncements(bench: ConformanceBench): Promise<AnnouncementsUnderCheck> {
  // The peer stamps by the machine's clock: by one that stands still, what it announces a second
  // later would be in the future.
  const warm = await bench.warm({ now: Date.now });
  const orders = warm.harness.billing;
  const peer = orders?.announcements;
  if (orders === undefined || peer === undefined) {
    throw new Error("the check needs the harness's billing.announcements");
  }
  const connectBilling = () => {
    const { billing } = warm.connect();
    if (billing === null) throw new Error("the check needs the port billing");
    return billing;
  };
  return { ...warm, billing: connectBilling(), peer, orders, connectBilling };
}

interface LogRead {
  readonly events: readonly InboundEvent[];
  readonly checkpoint: Checkpoint;
  readonly isFullRead: boolean;
  readonly pages: number;
}

/** The log from `from` to its end. After each page `onPage` may put another process in the reader's place. */
async function readLog(input: {
  readonly billing: BillingConnector;
  readonly from: Checkpoint | null;
  readonly context: () => CallContext;
  readonly onPage?: () => BillingConnector;
}): Promise<LogRead> {
  const { from, context, onPage } = input;
  let { billing } = input;
  let checkpoint = from;
  let isFullRead = false;
  const events: InboundEvent[] = [];
  for (let pages = 1; pages <= pagesMax; pages += 1) {
    const read = await expectOk(
      "Reading a page of announcements",
      Promise.resolve(billing.readAnnouncements?.({ checkpoint }, context())),
    );
    if (read === undefined) throw new Error("the check needs billing.readAnnouncements");
    events.push(...read.events);
    isFullRead ||= read.isFullRead ?? false;
    // Through JSON, as the database keeps it.
    checkpoint = JSON.parse(JSON.stringify(read.checkpoint)) as Checkpoint;
    if (!read.hasMore) return { events, checkpoint, isFullRead, pages };
    billing = onPage?.() ?? billing;
  }
  return must(false, {
    says: `A log of a few hundred events has to end, and had not after ${pagesMax} pages.`,
    path: "page.hasMore",
    expected: false,
    received: true,
  }) as never;
}

function mustBring(doing: string, events: readonly InboundEvent[], expected: readonly string[]) {
  const brought = new Set(events.map(({ eventId }) => eventId));
  const missing = expected.filter((id) => !brought.has(id));
  must(missing.length === 0, {
    says: `${doing}: ${missing.length} of ${expected.length} events were not brought, under the ids a webhook has.`,
    path: "page.events",
    expected: missing,
    received: [...brought],
  });
}

export const outageLosesNoAnnouncement: ConformanceCheck = {
  id: 51,
  chapter,
  title:
    "What was announced while nobody listened is read page by page, by any process, under the ids a webhook has",
  needs: ["announcements"],
  why: "Vendors give up on a webhook after three days at most. What is read afterwards under other ids acts twice.",
  fix: "Go on for as long as the vendor says that there is more, with the whole position in each page's checkpoint; hand the vendor's own event ids on.",
  async run(bench) {
    const { billing, peer, context, connectBilling } = await warmAnnouncements(bench);
    const { checkpoint } = await readLog({ billing, from: null, context });
    const missed = await peer.announce({ count: peer.pageSize * 2 + 1, agoMs: 0 });
    const read = await readLog({
      billing: connectBilling(),
      from: checkpoint,
      context,
      onPage: connectBilling,
    });
    mustBring("A read after an outage, by another process for each page", read.events, missed);
    must(read.pages > 2, {
      says: "More events than fit on two pages came on fewer pages: nothing was shown about page boundaries.",
      path: "billing.announcements.pageSize",
      expected: "at least 3 pages",
      received: read.pages,
    });
    const ids = read.events.map(({ eventId }) => eventId);
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    must(twice === undefined, {
      says: `The event ${twice ?? ""} came twice in one read.`,
      path: "page.events",
      expected: "each event once",
      received: twice,
    });
  },
};

export const lateAnnouncementIsFound: ConformanceCheck = {
  id: 52,
  chapter,
  title: "An event that shows up late, inside the overlap window, is found",
  needs: ["announcements"],
  why: "Events are stamped before they can be listed: one shows up behind the newest that was read.",
  fix: "Begin each pass an overlap before the last one began. What comes twice has one id, and acts once.",
  async run(bench) {
    const { billing, peer, context } = await warmAnnouncements(bench);
    await peer.announce({ count: 2, agoMs: 0 });
    const { checkpoint } = await readLog({ billing, from: null, context });
    const late = await peer.announce({ count: 1, agoMs: peer.overlapMs / 2 });
    const { events } = await readLog({ billing, from: checkpoint, context });
    mustBring("A read after an event that was listed late", events, late);
  },
};

export const announcementCheckpointIsKept: ConformanceCheck = {
  id: 53,
  chapter,
  title:
    "The checkpoint of the log fits its schema, and a page that was not stored is brought again",
  needs: ["announcements", "definition"],
  why: "Page and checkpoint are stored in one transaction, or neither is. A checkpoint that its own schema refuses is thrown away by the next release.",
  fix: "Keep the checkpoint flat JSON that the manifest's `checkpointSchema` accepts, and leave nothing out for having been read once.",
  async run(bench) {
    const { billing, peer, context, connectBilling, harness } = await warmAnnouncements(bench);
    const { checkpoint } = await readLog({ billing, from: null, context });
    mustBeKept({ checkpoint, givenBy: "readAnnouncements", harness });
    const announced = await peer.announce({ count: 2, agoMs: 0 });
    for (const [doing, reader] of [
      ["A read", billing],
      ["The same read again, its pages not having been stored", billing],
      ["The same read by the next process", connectBilling()],
    ] as const) {
      const { events } = await readLog({ billing: reader, from: checkpoint, context });
      mustBring(doing, events, announced);
    }
  },
};

export const badAnnouncementCheckpointIsRefused: ConformanceCheck = {
  id: 54,
  chapter,
  title: "A damaged or future checkpoint of the log is a clear error and no events",
  needs: ["announcements"],
  why: "Reading it as `from now` loses what happened during the outage, in silence.",
  fix: "Parse the checkpoint with the stream's schema and refuse it with `config`, saying what was expected.",
  async run(bench) {
    const { billing, peer, context } = await warmAnnouncements(bench);
    const { checkpoint } = await readLog({ billing, from: null, context });
    const future = peer.futureCheckpoint?.(checkpoint);
    for (const [what, given] of badCheckpointsOf(checkpoint, future)) {
      await expectCategory(
        `Reading announcements from a checkpoint ${what}`,
        Promise.resolve(billing.readAnnouncements?.({ checkpoint: given }, context())),
        "config",
      );
    }
  },
};

export const forgottenAnnouncementsAreMadeUpFor: ConformanceCheck = {
  id: 55,
  chapter,
  title:
    "Where the vendor has forgotten what it announced, what stands is read instead, and it says so",
  needs: ["announcements", "forgotten announcements"],
  why: "Vendors keep 3 to 30 days. Going on `from now` after a longer outage leaves orders unpaid that were paid, in silence.",
  fix: "Know when the position is older than the vendor's log; then read every bill of yours, set `isFullRead` on the first page, and go on in the log where that read began.",
  async run(bench) {
    const { billing, peer, orders, context } = await warmAnnouncements(bench);
    const { checkpoint } = await readLog({ billing, from: null, context });
    const order = orders.anOrder();
    const idempotencyKey = `bill:${order.orderId}`;
    await expectOk("Billing an order", billing.bill(order, context({ idempotencyKey })));
    await orders.close?.(order);
    const from = (await peer.forgetPast?.(checkpoint)) ?? checkpoint;
    const read = await readLog({ billing, from, context });
    must(read.isFullRead, {
      says: "The vendor has forgotten what happened since the checkpoint, and no page says that everything was read instead.",
      path: "page.isFullRead",
      expected: true,
      received: read.isFullRead,
    });
    const told = new Set<string | null>();
    for (const { eventId, body } of read.events) {
      const change = await expectOk(
        "Reading what an announcement is about",
        billing.readChange({ eventId, body }, context()),
      );
      if (change.kind !== "irrelevant") told.add(change.orderId);
    }
    must(told.has(order.orderId), {
      says: "An order was billed and paid while nobody listened, and nothing that was read tells of it.",
      path: "page.events",
      expected: order.orderId,
      received: [...told],
    });
    const again = await readLog({ billing, from: read.checkpoint, context });
    must(!again.isFullRead, {
      says: "The read after a full one reads everything once more.",
      path: "page.isFullRead",
      expected: false,
      received: true,
    });
  },
};
