import type { ConformanceBench } from "../conformance-bench.ts";
import type { ConformanceCheck } from "../conformance-check.ts";
import { must, mustEqual } from "../conformance-fault.ts";
import { endingOf, expectCategory, expectOk } from "./expect-outcome.ts";
import { definitionOf } from "./manifest-checks.ts";
import { type CrmUnderCheck, warmCrm } from "./ports-under-check.ts";

const chapter = "Writing";

async function aDeal(
  bench: ConformanceBench,
): Promise<CrmUnderCheck & { readonly dealId: string }> {
  const warm = await warmCrm(bench);
  const [dealId = ""] = await warm.peer.seedEqualStamps({ count: 1 });
  return { ...warm, dealId };
}

/** A batch larger than this is not seeded: some vendors take thousands, and seeding them takes the time. */
const seededMax = 500;

export const badRecordFailsAlone: ConformanceCheck = {
  id: 28,
  chapter,
  title:
    "Of a batch the bad records fail alone, each in its place; a batch larger than the vendor's is split",
  needs: ["crm"],
  why: "`success: false` inside a 200 or a 207 is passed over by several SDKs (jsforce #813): told to nobody, repeated by nobody.",
  fix: "Map the vendor's results to inputs by position or id; one result an input, errors included. Cut inputs at `batchSizeMax`.",
  async run(bench) {
    const { crm, peer, context, proxy, harness } = await aDeal(bench);
    const [first = "", second = "", third = ""] = await peer.seedEqualStamps({ count: 3 });
    const gone = peer.unknownDealId ?? `${first.slice(0, 5)}zzzzzzzzzz`.slice(0, 15);
    const write = (dealId: string, index: number) => ({
      dealId,
      status: peer.aStatus({ sequence: 1, orderId: `ord_batch_${dealId}_${index}` }),
    });
    const answers = await expectOk(
      "Telling four deals, one of which does not exist",
      crm.writeStatuses({ writes: [first, gone, second, third].map(write) }, context()),
    );
    mustEqual({
      says: "One answer an input, in order: three written, one not found.",
      path: "answers",
      received: answers.map((one) => (typeof one === "string" ? one : one.error.category)),
      expected: ["written", "not_found", "written", "written"],
    });
    if (harness.definition === undefined) return;
    const { batchSizeMax } = definitionOf(bench).connector.manifest.limits;
    if (batchSizeMax >= seededMax) return;
    const many = await peer.seedEqualStamps({ count: batchSizeMax + 1 });
    proxy.calm();
    const written = await expectOk(
      `Telling ${many.length} deals, one more than the vendor takes at once`,
      crm.writeStatuses({ writes: many.map(write) }, context()),
    );
    mustEqual({
      says: "Each of them is written.",
      path: "answers",
      received: written.filter((one) => one === "written").length,
      expected: many.length,
    });
    must(proxy.requests.filter(harness.isWrite).length > 1, {
      says: "More inputs than limits.batchSizeMax take more than one request.",
      path: "requests",
      received: proxy.requests.filter(harness.isWrite).length,
    });
  },
};

export const staleWriteIsOutrun: ConformanceCheck = {
  id: 29,
  chapter,
  title: "A late write does not overwrite a newer one; a locked record is conflict_locked",
  needs: ["crm", "answers"],
  why: "Activities overtake each other: without the sequence the deal shows `Provisioning` for good.",
  fix: "Read the sequence that stands before writing and answer `outrun`; map the vendor's lock code to `conflict_locked`.",
  async run(bench) {
    const { crm, peer, context, dealId, harness, proxy } = await aDeal(bench);
    const newer = peer.aStatus({ sequence: 9, status: "Active" });
    await expectOk("Telling a deal", crm.writeStatus({ dealId, status: newer }, context()));
    const late = peer.aStatus({ sequence: 4, status: "Provisioning" });
    mustEqual({
      says: "A status of an earlier sequence is outrun by the one that stands.",
      path: "answer",
      received: await expectOk(
        "Telling a deal something older",
        crm.writeStatus({ dealId, status: late }, context()),
      ),
      expected: "outrun",
    });
    mustEqual({
      says: "The newer status stands.",
      path: "peer",
      received: await peer.readStatus(dealId),
      expected: { sequence: 9, status: "Active" },
    });
    const locked = harness.answers?.locked ?? null;
    if (locked === null) return;
    proxy.strike({ when: harness.isWrite, fault: { kind: "answer", ...locked } });
    const next = peer.aStatus({ sequence: 10, status: "Ended" });
    const writing = crm.writeStatus({ dealId, status: next }, context());
    await expectCategory("Writing to a record that is locked", writing, "conflict_locked");
  },
};

export const unchangedIsNotWritten: ConformanceCheck = {
  id: 31,
  chapter,
  title:
    "A write-back that changes nothing is not sent, and our own write is no new version of the deal",
  needs: ["crm"],
  why: "A write wakes flows and webhooks over there; one that comes back as a new deal version goes in circles.",
  fix: "Compare before writing. Make the version from what the deal says, without our own fields and our own user's edit.",
  async run(bench) {
    const { crm, peer, context, dealId, harness, proxy } = await aDeal(bench);
    const [before] = await expectOk(
      "Reading a deal",
      crm.readDeals({ dealIds: [dealId] }, context()),
    );
    const write = { dealId, status: peer.aStatus({ sequence: 3, status: "Provisioning" }) };
    await expectOk("Telling a deal", crm.writeStatus(write, context()));
    proxy.calm();
    const again = await expectOk("Telling it the same", crm.writeStatus(write, context()));
    mustEqual({
      says: "The same status again is `unchanged`.",
      path: "answer",
      received: again,
      expected: "unchanged",
    });
    const written = proxy.requests.filter(harness.isWrite);
    must(written.length === 0, {
      says: "Nothing differs, and a write was sent.",
      path: "requests",
      expected: [],
      received: written.map(({ method, path }) => `${method} ${path}`),
    });
    const [after] = await expectOk(
      "Reading it again",
      crm.readDeals({ dealIds: [dealId] }, context()),
    );
    const contentOf = (version: string | undefined) => version?.split("#").at(-1);
    mustEqual({
      says: "What the deal says did not change by our own write: the content's part of its version (after `#`) stays.",
      path: "deal.version",
      received: contentOf(after?.version),
      expected: contentOf(before?.version),
    });
  },
};

export const closedIsABusinessAnswer: ConformanceCheck = {
  id: 32,
  chapter,
  title: "What is closed or gone over there ends in its business answer, never in a retry",
  needs: ["writes"],
  why: "Retrying against a paid invoice or a deleted deal goes on for days and tells nobody.",
  fix: "Credit what can no longer be voided; otherwise `validation` or `not_found` with the record's name.",
  async run(bench) {
    const { system, context, harness } = await bench.warm();
    const { crm: peer } = harness;
    if (system.crm !== null && peer?.remove !== undefined && !bench.portsLeftOut.has("crm")) {
      const [dealId = ""] = await peer.seedEqualStamps({ count: 1 });
      await peer.remove(dealId);
      const writing = system.crm.writeStatus({ dealId, status: peer.aStatus({}) }, context());
      await expectCategory("Telling a deal that was deleted", writing, "not_found");
    }
    const { billing } = system;
    if (billing !== null && harness.billing !== undefined && !bench.portsLeftOut.has("billing")) {
      const { anOrder, close } = harness.billing;
      const never = anOrder();
      await expectOk(
        "Taking back the bills of an order that has none",
        billing.cancelBilling(
          {
            orderId: never.orderId,
            customerId: never.customer.customerId,
            reason: "conformance",
          },
          context(),
        ),
      );
      if (close !== undefined) {
        const order = anOrder();
        await expectOk("Billing an order", billing.bill(order, context()));
        await close(order);
        const { orderId, customer } = order;
        await mustBeBusiness(
          "Taking back bills that were closed over there",
          billing.cancelBilling(
            { orderId, customerId: customer.customerId, reason: "conformance" },
            context(),
          ),
        );
      }
    }
    const erp = system.erp ?? null;
    if (erp !== null && harness.erp !== undefined && !bench.portsLeftOut.has("erp")) {
      const { anOrder, close } = harness.erp;
      const { orderId, revision } = anOrder();
      await expectOk(
        "Canceling an order that was never booked",
        erp.cancelOrder({ orderId, revision, reason: "conformance" }, context()),
      );
      await expectCategory(
        "Amending an order that was never booked",
        erp.amendOrder({ ...anOrder(), revision: 2 }, context()),
        "not_found",
      );
      if (close !== undefined) {
        const order = anOrder();
        await expectOk("Booking an order", erp.bookOrder(order, context()));
        await close(order);
        await mustBeBusiness(
          "Canceling an order that was closed over there",
          erp.cancelOrder(
            { orderId: order.orderId, revision: order.revision, reason: "conformance" },
            context(),
          ),
        );
      }
    }
  },
};

async function mustBeBusiness(doing: string, work: Promise<unknown>): Promise<void> {
  const { outcome, thrown } = await endingOf(work);
  must(["ok", "validation", "not_found", "conflict_stale"].includes(outcome.category), {
    says: `${doing} succeeds (by crediting) or is refused for good, and ended in ${outcome.category}.`,
    path: "error.category",
    expected: "ok, validation, not_found or conflict_stale",
    received: outcome.category,
    cause: thrown,
  });
}

/** Characters that end a path, a query or a filter, or that are two in one encoding and one in another. */
const hostileIds = ["a/b?c#d%e|f g", "a'b\"c\\d", "ü😀&x=1", "../../x", "a%2Fb+c"];

export const hostileIdsAreEncoded: ConformanceCheck = {
  id: 27,
  chapter,
  title:
    "An external id with / ? # % | ' space or any Unicode is encoded or refused, and never another id",
  needs: ["orders"],
  why: "jsforce's upsert sends `A/1?x#y` as the path `/A/1?x`: another record is written.",
  fix: "encodeURIComponent in paths, URLSearchParams in queries, the vendor's own escapes in its query language; `validation` for what the vendor cannot keep.",
  async run(bench) {
    const { system, context, harness, connect } = await bench.warm();
    const other = connect();
    for (const hostile of hostileIds) {
      const { billing } = system;
      if (billing !== null && harness.billing !== undefined && !bench.portsLeftOut.has("billing")) {
        const plain = harness.billing.anOrder();
        const order = { ...plain, orderId: `${plain.orderId} ${hostile}` };
        await mustKeepOrRefuse(order.orderId, {
          ways: [billing, other.billing ?? billing].map(
            (one) => () => one.bill(order, context({ idempotencyKey: `bill:${order.orderId}` })),
          ),
          count: async () => (await harness.billing?.count(order))?.bills ?? 0,
        });
      }
      const erp = system.erp ?? null;
      if (erp !== null && harness.erp !== undefined && !bench.portsLeftOut.has("erp")) {
        const plain = harness.erp.anOrder();
        const order = { ...plain, orderId: `${plain.orderId} ${hostile}` };
        await mustKeepOrRefuse(order.orderId, {
          ways: [erp, other.erp ?? erp].map(
            (one) => () =>
              one.bookOrder(order, context({ idempotencyKey: `book:${order.orderId}` })),
          ),
          count: async () => (await harness.erp?.count(order))?.orders ?? 0,
        });
      }
    }
  },
};

async function mustKeepOrRefuse(
  orderId: string,
  way: {
    /** The same by one process and by another. */
    readonly ways: readonly (() => Promise<{ readonly records: readonly unknown[] }>)[];
    readonly count: () => Promise<number>;
  },
): Promise<void> {
  const [byOne, byAnother] = way.ways;
  if (byOne === undefined || byAnother === undefined) return;
  const first = await endingOf(byOne());
  if (first.outcome.category === "validation" || first.outcome.category === "config") return;
  // Twice: an id that arrived as another one is not found again, and made a second time.
  const answer = await expectOk(`Writing the order ${orderId} again`, byAnother());
  must(first.outcome.category === "ok", {
    says: `An order with the id ${orderId} is written or refused with validation, and ended in ${first.outcome.category}.`,
    path: "order.orderId",
    expected: "ok or validation",
    received: first.outcome.category,
    cause: first.thrown,
  });
  mustEqual({
    says: `The order ${orderId} stands once, under its own id.`,
    path: "peer",
    received: await way.count(),
    expected: answer.records.length,
  });
}
