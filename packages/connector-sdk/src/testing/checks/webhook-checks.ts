import type { InboundRequest } from "../../spec/webhook.ts";
import type { ConformanceBench } from "../conformance-bench.ts";
import type { ConformanceCheck } from "../conformance-check.ts";
import { must, mustEqual } from "../conformance-fault.ts";
import { expectOk } from "./expect-outcome.ts";
import { nowMs, nowS, oldSecret, receiverOf, secret } from "./webhook-receiver.ts";

const chapter = "Webhooks";

export const signaturesAreJudged: ConformanceCheck = {
  id: 39,
  chapter,
  title:
    "A good signature over the raw bytes is accepted, with either of two secrets; everything else is refused",
  needs: ["webhooks"],
  why: "stripe-node accepts a timestamp 30 days ahead, HubSpot's SDK compares with ===; re-serialized bodies fail or pass wrongly.",
  fix: "`verifyTimestampedSignature` over `request.rawBody`: constant time, several secrets, 300 s on both sides.",
  async run(bench) {
    const { verify, eventsOf, sign, signatureHeader } = await receiverOf(bench);
    for (const used of [secret, oldSecret]) {
      const events = eventsOf("A genuine request", sign({ secret: used, timestamp: nowS }));
      must(
        events.length > 0 && events.every(({ eventId, type }) => eventId !== "" && type !== ""),
        {
          says: "A genuine request has events, each with an id and a type.",
          path: "verdict.events",
          received: events,
        },
      );
    }
    const genuine = sign({ secret, timestamp: nowS });
    const rows: readonly (readonly [string, InboundRequest, string])[] = [
      ["with an altered byte", { ...genuine, rawBody: flipped(genuine.rawBody) }, "invalid"],
      ["with an appended byte", { ...genuine, rawBody: appended(genuine.rawBody) }, "invalid"],
      ["without headers", { ...genuine, headers: {} }, "missing"],
      ["signed with another secret", sign({ secret: "whsec_other", timestamp: nowS }), "invalid"],
      ["signed with no secret", sign({ secret: " ", timestamp: nowS }), "invalid"],
      ["signed 301 s ago", sign({ secret, timestamp: nowS - 301 }), "stale"],
      ["signed 301 s ahead", sign({ secret, timestamp: nowS + 301 }), "future"],
      ["signed 30 days ahead", sign({ secret, timestamp: nowS + 30 * 86_400 }), "future"],
    ];
    for (const [what, request, because] of rows) {
      const verdict = verify(request);
      must(!verdict.verified && verdict.because === because, {
        says: `A request ${what} is refused as ${because}.`,
        path: "verdict.because",
        expected: because,
        received: verdict.verified ? "verified" : verdict.because,
      });
    }
    for (const header of ["", "t=", "v1=", "t=1", "t=x,v1=y", "💥", "t=1,v1=", ",,,,"]) {
      const headers = { ...genuine.headers, [signatureHeader]: header };
      must(!verify({ ...genuine, headers }).verified, {
        says: "A signature header that is none was accepted.",
        path: signatureHeader,
        received: header,
      });
    }
  },
};

export const duplicateHasOneId: ConformanceCheck = {
  id: 40,
  chapter,
  title: "A request that comes twice names the same event ids, so that it acts once",
  needs: ["webhooks"],
  why: "Every vendor delivers twice at times; the inbox tells by the id.",
  fix: "Take the vendor's event id; where there is none, make one of what the event says, never of chance or time of arrival.",
  async run(bench) {
    const { eventsOf, sign } = await receiverOf(bench);
    const idsOf = (request: InboundRequest) =>
      eventsOf("A genuine request", request).map(({ eventId }) => eventId);
    const first = idsOf(sign({ secret, timestamp: nowS }));
    for (const [what, request] of [
      ["the same request", sign({ secret, timestamp: nowS })],
      ["the same event signed anew a minute later", sign({ secret, timestamp: nowS + 60 })],
    ] as const) {
      mustEqual({
        says: `For ${what} the event ids are the same.`,
        path: "verdict.events.eventId",
        received: idsOf(request),
        expected: first,
      });
    }
  },
};

export const orderDoesNotMatter: ConformanceCheck = {
  id: 41,
  chapter,
  title:
    "Any order of the same events says the same: no event is dropped for being older than another",
  needs: ["webhooks"],
  why: "Vendors promise no order. Who keeps only what is newer loses the other deal's event (cashier-stripe #1201).",
  fix: "Keep no state in the receiver; an event is a hint, the object is re-read.",
  async run(bench) {
    const { eventsOf, signEvents } = await receiverOf(bench);
    if (bench.harness.webhooks?.signEvents !== undefined) {
      const recorded = [1, 2, 3, 4].map((number) => ({
        eventId: `evt_order_${number}`,
        dealId: anyDealId(bench, number % 2),
        occurredAtMs: nowMs - number * 10_000,
      }));
      const seen = permutationsOf(recorded).map((order) =>
        order
          .flatMap((event) => eventsOf("A genuine event", signEvents([event])))
          .map(({ eventId, dealId }) => `${eventId} ${dealId}`)
          .sort(),
      );
      const [expected] = seen;
      must(expected?.length === recorded.length, {
        says: "Each of the recorded events arrives.",
        path: "verdict.events",
        expected: recorded.map(({ eventId }) => eventId),
        received: expected,
      });
      for (const received of seen) {
        mustEqual({
          says: "In another order the same events arrive.",
          path: "verdict.events",
          received,
          expected,
        });
      }
    }
    await billingEventsInAnyOrder(bench);
  },
};

async function billingEventsInAnyOrder(bench: ConformanceBench): Promise<void> {
  const { system, context, harness } = await bench.warm();
  const { billing } = system;
  if (billing === null || harness.billing?.events === undefined) return;
  const order = harness.billing.anOrder();
  await expectOk("Billing an order", billing.bill(order, context()));
  await harness.billing.close?.(order);
  const events = await harness.billing.events(order);
  const told = new Map<string, string>();
  for (const sequence of [events, events.toReversed()]) {
    for (const event of sequence) {
      const change = await expectOk(
        `Reading what the event ${event.eventId} hints at`,
        billing.readChange(event, context()),
      );
      const text = JSON.stringify(change);
      const before = told.get(event.eventId);
      must(before === undefined || before === text, {
        says: "An event says the same whether it comes first or last: the object is re-read, its payload is a hint.",
        path: "change",
        expected: before,
        received: text,
      });
      told.set(event.eventId, text);
    }
  }
}

export const badEventDoesNotStopTheBatch: ConformanceCheck = {
  id: 42,
  chapter,
  title: "Of a batch with one broken event the others go on, and the broken one is kept",
  needs: ["webhooks", "signed events", "event batches"],
  why: "One poison event has blocked or spun whole installations (craftcms #35, alfred #311, airy #1043).",
  fix: "Parse event by event; put what cannot be read into `unreadable`, with what was wrong.",
  async run(bench) {
    const { verify, eventsOf, signEvents } = await receiverOf(bench);
    const good = [1, 2].map((number) => ({
      eventId: `evt_batch_${number}`,
      dealId: anyDealId(bench, number),
      occurredAtMs: nowMs,
    }));
    const broken = { eventId: "evt_broken", dealId: null, occurredAtMs: nowMs, isBroken: true };
    const [first, second] = good;
    if (first === undefined || second === undefined) return;
    const request = signEvents([first, broken, second]);
    const arrived = eventsOf("A batch with one broken event", request);
    const ids = arrived.map(({ eventId }) => eventId);
    // By deal where the vendor's own event id is not unique and the receiver makes one.
    const missing = good.filter(
      ({ eventId, dealId }) =>
        !ids.includes(eventId) && !arrived.some((one) => one.dealId === dealId),
    );
    must(missing.length === 0, {
      says: "The good events of a batch arrive, whatever stands beside them.",
      path: "verdict.events",
      expected: good.map(({ eventId }) => eventId),
      received: ids,
    });
    const verdict = verify(request);
    const unreadable = verdict.verified ? (verdict.unreadable ?? []) : [];
    must(unreadable.length + ids.length === 3, {
      says: "The broken event is neither among the events nor in `unreadable`: it was skipped in silence.",
      path: "verdict.unreadable",
      expected: 1,
      received: unreadable.length,
    });
  },
};

export const refusalFitsTheVendor: ConformanceCheck = {
  id: 43,
  chapter,
  title:
    "A refused request is answered as the vendor's retry rules want, and judging one takes no time",
  needs: ["webhooks", "refusal statuses"],
  why: "HubSpot never repeats what was answered 4xx; Business Central deletes the subscription for any code but 408, 429 and 5xx.",
  fix: "Set `refusalStatus` by the vendor's rule; call nobody while verifying.",
  async run(bench) {
    const { verify, sign, refusalStatus } = await receiverOf(bench);
    const allowed = bench.harness.webhooks?.refusalStatuses ?? [];
    must(allowed.includes(refusalStatus), {
      says: "The answer to a refused request is one that the vendor's rules allow.",
      path: "webhooks.refusalStatus",
      expected: allowed,
      received: refusalStatus,
    });
    const request = sign({ secret, timestamp: nowS });
    const startedMs = performance.now();
    for (let count = 0; count < 100; count += 1) verify(request);
    const tookMs = performance.now() - startedMs;
    must(tookMs < 1_000, {
      says: "Judging a hundred requests took more than a second: the vendor waits for the answer.",
      path: "webhooks.verify",
      received: `${Math.round(tookMs)} ms`,
    });
  },
};

export const unknownEventIsIgnored: ConformanceCheck = {
  id: 44,
  chapter,
  title: "An event of an unknown type is accepted and means nothing",
  needs: ["webhooks"],
  why: "Vendors add types any day; a refusal is repeated for three days and then the endpoint is switched off.",
  fix: "Give the event on with its type and without a deal; `readChange` says `irrelevant`.",
  async run(bench) {
    const { eventsOf, signEvents } = await receiverOf(bench);
    if (bench.harness.webhooks?.signEvents !== undefined) {
      const unknown = {
        eventId: "evt_unknown",
        dealId: null,
        occurredAtMs: nowMs,
        type: "something.nobody.knows",
      };
      for (const event of eventsOf("An event of an unknown type", signEvents([unknown]))) {
        must(event.dealId === null, {
          says: "An event of an unknown type hints at no deal.",
          path: "verdict.events[0].dealId",
          expected: null,
          received: event.dealId,
        });
      }
    }
    const { system, context } = await bench.warm();
    if (system.billing === null) return;
    const change = await expectOk(
      "Reading what an event of an unknown type hints at",
      system.billing.readChange(
        { eventId: "evt_unknown", body: { type: "something.nobody.knows" } },
        context(),
      ),
    );
    mustEqual({
      says: "An event of an unknown type is irrelevant.",
      path: "change.kind",
      received: change.kind,
      expected: "irrelevant",
    });
  },
};

const receiverUrl = "https://usher.example/v1/inbound/con_conformance";

export const subscriptionIsKeptAlive: ConformanceCheck = {
  id: 45,
  chapter,
  title:
    "A subscription is confirmed, renewed, and made again when the vendor dropped it, which is said",
  needs: ["subscriptions"],
  why: "They end by themselves, some after three days, and nobody is told (pipedream #21434).",
  fix: "Renew what is there; make anew on the vendor's 404, with `wasMissing: true`, so that the streams are read to their end.",
  async run(bench) {
    const { system, context, harness } = await bench.warm();
    const { subscriptions } = system;
    const peer = harness.subscriptions;
    if (subscriptions === null || subscriptions === undefined || peer === undefined) {
      throw new Error("the check needs subscriptions");
    }
    const keep = (doing: string, subscriptionId: string | null) =>
      expectOk(doing, subscriptions.keep({ receiverUrl, secret, subscriptionId }, context()));
    const made = await keep("Making the subscription", null);
    const renewed = await keep("Renewing it", made.subscriptionId);
    mustEqual({
      says: "Renewing makes no second subscription.",
      path: "peer",
      received: await peer.count(),
      expected: 1,
    });
    must(!renewed.wasMissing, {
      says: "A subscription that was there all the time was not missing.",
      path: "kept.wasMissing",
      expected: false,
      received: true,
    });
    await peer.drop();
    const again = await keep("Renewing one that the vendor has dropped", made.subscriptionId);
    mustEqual({
      says: "A dropped subscription is made again, and what was missed has to be read.",
      path: "kept",
      received: { count: await peer.count(), wasMissing: again.wasMissing },
      expected: { count: 1, wasMissing: true },
    });
    const { request, answer } = peer.handshake();
    mustEqual({
      says: "The vendor's handshake is answered as documented.",
      path: "answer.body",
      received: subscriptions.answerHandshake(request)?.body,
      expected: answer,
    });
    mustEqual({
      says: "A request that is no handshake is not answered as one.",
      path: "answer",
      received: subscriptions.answerHandshake({ ...request, query: "", headers: {} }),
      expected: null,
    });
  },
};

/** An id as the vendor makes them; which deal it is does not matter to a signature. */
function anyDealId(bench: ConformanceBench, number: number): string {
  const id = bench.harness.crm?.unknownDealId ?? "1000001";
  return `${id.slice(0, -1)}${number}`;
}

function permutationsOf<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, index) =>
    permutationsOf(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
  );
}

function flipped(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 1;
  return copy;
}

function appended(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from([...bytes, 0x20]);
}
