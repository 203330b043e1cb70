import { expect, it } from "vitest";
import type { ConformanceRun } from "./conformance-run.ts";
import { outcomeOf } from "./outcome-of.ts";

/** An order's bill takes no more writes than this; the loop below ends earlier by itself. */
const writesMax = 12;

/** Checks of a billing system's writes. */
export function checkBillingWrites(run: ConformanceRun): void {
  it("the same key twice makes one bill and one customer (24)", async () => {
    const { billing, peer, context } = await billingOf(run);
    const order = peer.anOrder();
    const key = { idempotencyKey: `bill:${order.orderId}:1` };
    const first = await billing.bill(order, context(key));
    const second = await billing.bill(order, context(key));
    expect(second).toEqual(first);
    expect(await peer.count(order)).toEqual({ bills: first.records.length, customers: 1 });
  });

  it("a replay with nothing in memory adds nothing (26)", async () => {
    const { billing, peer, context, connect } = await billingOf(run);
    const order = peer.anOrder();
    const key = { idempotencyKey: `bill:${order.orderId}:1` };
    const first = await billing.bill(order, context(key));
    const replayed = await connect().bill(order, context(key));
    expect(replayed).toEqual(first);
    expect(await peer.count(order)).toEqual({ bills: first.records.length, customers: 1 });
  });

  it.each(["reset-after-commit", "reset-before-commit"] as const)(
    "%s at any write: the retry ends with one bill and one customer (25)",
    async (kind) => {
      let cuts = 0;
      for (let nth = 1; nth <= writesMax; nth += 1) {
        const { billing, peer, context, connect, proxy, harness } = await billingOf(run);
        const order = peer.anOrder();
        const key = { idempotencyKey: `bill:${order.orderId}:1` };
        let seen = 0;
        proxy.strike({
          when: (request) => {
            if (harness.isWrite(request)) seen += 1;
            return harness.isWrite(request) && seen === nth;
          },
          fault: { kind },
          times: 1,
        });
        const outcome = await outcomeOf(billing.bill(order, context(key)));
        // There was no nth write: every one has been cut by now.
        if (outcome.category === "ok") break;
        cuts += 1;
        expect(outcome.category).toBe("outcome_unknown");
        const { records } = await connect().bill(order, context(key));
        expect(await peer.count(order)).toEqual({ bills: records.length, customers: 1 });
      }
      expect(cuts).toBeGreaterThan(0);
      expect(cuts).toBeLessThan(writesMax);
    },
  );

  it("taking bills back twice is the same as once (24)", async () => {
    const { billing, peer, context } = await billingOf(run);
    const order = peer.anOrder();
    const { remoteCustomerId } = await billing.bill(order, context());
    const taken = {
      orderId: order.orderId,
      customerId: order.customer.customerId,
      remoteCustomerId,
      reason: "conformance",
    };
    await billing.cancelBilling(taken, context());
    expect((await peer.count(order)).bills).toBe(0);
    await billing.cancelBilling(taken, context());
    expect((await peer.count(order)).bills).toBe(0);
  });
}

async function billingOf(run: ConformanceRun) {
  const { harness, system, context, connect, proxy } = await run.warm();
  const peer = harness.billing;
  if (system.billing === null || peer === undefined)
    throw new Error("billing checks need a billing");
  return {
    billing: system.billing,
    peer,
    context,
    proxy,
    harness,
    connect: () => {
      const { billing } = connect();
      if (billing === null) throw new Error("billing checks need a billing");
      return billing;
    },
  };
}
