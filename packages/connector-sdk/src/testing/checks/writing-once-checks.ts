import type { ConformanceBench } from "../conformance-bench.ts";
import type { ConformanceCheck } from "../conformance-check.ts";
import { must, mustEqual } from "../conformance-fault.ts";
import { endingOf, expectCategory } from "./expect-outcome.ts";
import { capital, type OnceWritten, onceWrittenOf, writeOnce } from "./once-written.ts";

const chapter = "Writing";

/** Nothing of the kit takes more writes than this; the loops below end earlier by themselves. */
const writesMax = 24;

export const sameKeyWritesOnce: ConformanceCheck = {
  id: 24,
  chapter,
  title:
    "The same idempotency key twice makes one remote object, with the same answer; taking back twice is as once",
  needs: ["writes"],
  why: "Temporal repeats an activity whose answer was lost. Two subscriptions for one order are two invoices.",
  fix: "Give the vendor our external id or idempotency key, both made of the business key alone; find before you create.",
  async run(bench) {
    const { system, context } = await bench.warm();
    for (const { prepare } of onceWrittenOf(bench, system)) {
      const once = await prepare();
      const first = await writeOnce(once, system, context);
      const second = await writeOnce(once, system, context);
      if (once.isAnswerRepeatable) {
        mustEqual({
          says: `${capital(once.doing)} twice under one key gives the same answer.`,
          path: "answer",
          received: second,
          expected: first,
        });
      }
      await mustStand(once, first, "twice under one key");
    }
    await takeBackTwice(bench);
  },
};

async function takeBackTwice(bench: ConformanceBench): Promise<void> {
  const { system, context, harness } = await bench.warm();
  const { billing } = system;
  if (billing !== null && harness.billing !== undefined && !bench.portsLeftOut.has("billing")) {
    const order = harness.billing.anOrder();
    const { remoteCustomerId } = await billing.bill(order, context());
    for (const time of ["once", "twice"]) {
      const { customerId } = order.customer;
      await billing.cancelBilling(
        { orderId: order.orderId, customerId, remoteCustomerId, reason: "conformance" },
        context(),
      );
      mustEqual({
        says: `Taking bills back ${time} leaves none of them.`,
        path: "peer",
        received: (await harness.billing.count(order)).bills,
        expected: 0,
      });
    }
  }
  const erp = system.erp ?? null;
  if (erp !== null && harness.erp !== undefined && !bench.portsLeftOut.has("erp")) {
    const order = harness.erp.anOrder();
    await erp.bookOrder(order, context());
    for (const time of ["once", "twice"]) {
      const { orderId, revision } = order;
      await erp.cancelOrder({ orderId, revision, reason: "conformance" }, context());
      mustEqual({
        says: `Taking a sales order back ${time} leaves none of it.`,
        path: "peer",
        received: (await harness.erp.count(order)).orders,
        expected: 0,
      });
    }
  }
}

export const lostAnswerIsFound: ConformanceCheck = {
  id: 25,
  chapter,
  title:
    "Cut before or after any of its writes, the outcome is unknown, and the retry ends with one object",
  needs: ["writes"],
  why: "A time-out after the commit is the commonest double booking there is (django-salesforce #159, SalesforceMobileSDK #157).",
  fix: "`outcome_unknown` for a write without an answer; the retry sends the same keys and looks before it creates.",
  run: (bench) => cutEveryWrite(bench, { retryIn: "the same process" }),
};

export const crashAddsNothing: ConformanceCheck = {
  id: 26,
  chapter,
  title:
    "A crash between the remote success and our own record: the replay, with nothing in memory, adds nothing",
  needs: ["writes"],
  why: "What only a process remembers is gone when it matters.",
  fix: "Make keys from the order alone, never from a counter, a clock or chance.",
  async run(bench) {
    const { system, context, connect } = await bench.warm();
    for (const { prepare } of onceWrittenOf(bench, system)) {
      const once = await prepare();
      const first = await writeOnce(once, system, context);
      await writeOnce(once, connect(), context);
      await mustStand(once, first, "again by a process that knows nothing of the first time");
    }
    await cutEveryWrite(bench, { retryIn: "another process" });
  },
};

async function cutEveryWrite(
  bench: ConformanceBench,
  { retryIn }: { readonly retryIn: "the same process" | "another process" },
): Promise<void> {
  const { system: first } = await bench.warm();
  for (const { prepare } of onceWrittenOf(bench, first)) {
    for (const kind of ["reset-after-commit", "reset-before-commit"] as const) {
      let cuts = 0;
      let doing = "A write";
      for (let nth = 1; nth <= writesMax; nth += 1) {
        const { harness, proxy, system, context, connect } = await bench.warm();
        const once = await prepare();
        const key = { idempotencyKey: once.idempotencyKey };
        let seen = 0;
        proxy.strike({
          when: (request) => {
            if (harness.isWrite(request)) seen += 1;
            return harness.isWrite(request) && seen === nth;
          },
          fault: { kind },
          times: 1,
        });
        doing = `${capital(once.doing)}, write ${nth} of it ended by ${kind}`;
        const attempt = once.write(system, context(key));
        if ((await endingOf(attempt)).outcome.category === "ok" && seen < nth) break;
        cuts += 1;
        await expectCategory(doing, attempt, "outcome_unknown");
        const next = retryIn === "the same process" ? system : connect();
        const answer = await writeOnce(once, next, context);
        await mustStand(once, answer, `after ${kind} of write ${nth}, retried in ${retryIn}`);
      }
      must(cuts > 0 && cuts < writesMax, {
        says: `${doing}: it takes between 1 and ${writesMax - 1} writes, as far as harness.isWrite tells.`,
        path: "harness.isWrite",
        received: cuts,
      });
    }
  }
}

async function mustStand(once: OnceWritten, answer: unknown, when: string): Promise<void> {
  mustEqual({
    says: `${capital(once.doing)} ${when}: the peer has to have it once.`,
    path: "peer",
    received: await once.standing(),
    expected: once.wanted(answer),
  });
}

/** Held back long enough for the other worker to have looked, and found nothing. */
const heldBackMs = 40;

export const duplicateIsSuccess: ConformanceCheck = {
  id: 30,
  chapter,
  title:
    "Two workers write the same at once: what the vendor refuses as a duplicate is read back as success",
  needs: ["orders"],
  why: "The loser of the race has what it wanted. Calling it an error sends a person after nothing.",
  fix: "On the vendor's duplicate answer read the existing object by its external id and go on with it.",
  async run(bench) {
    const { system } = await bench.warm();
    for (const { prepare } of onceWrittenOf(bench, system)) {
      const { harness, proxy, context, connect } = await bench.warm();
      const once = await prepare();
      const key = { idempotencyKey: once.idempotencyKey };
      proxy.strike({ when: harness.isWrite, fault: { kind: "delay", ms: heldBackMs } });
      const endings = await Promise.all(
        [system, connect()].map((one) => endingOf(once.write(one, context(key)))),
      );
      for (const { outcome, thrown } of endings) {
        must(["ok", "conflict_locked", "rate_limited"].includes(outcome.category), {
          says: `${capital(once.doing)} by two workers at once: each succeeds, or is told to wait for the other; one ended in ${outcome.category}.`,
          path: "error.category",
          expected: "ok",
          received: outcome.category,
          cause: thrown,
        });
      }
      proxy.calm();
      const answer = await writeOnce(once, connect(), context);
      await mustStand(once, answer, "by two workers at once");
    }
  },
};
