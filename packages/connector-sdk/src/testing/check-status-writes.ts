import { expect, it } from "vitest";
import type { ConformanceRun } from "./conformance-run.ts";
import { outcomeOf } from "./outcome-of.ts";

/** Checks of what a CRM is told. */
export function checkStatusWrites(run: ConformanceRun): void {
  it("the same status twice is written once (24, 31)", async () => {
    const { crm, dealId, peer, context, proxy, harness } = await aDeal(run);
    const write = { dealId, status: peer.aStatus({ sequence: 3, status: "Provisioning" }) };
    expect(await crm.writeStatus(write, context())).toBe("written");
    proxy.calm();
    expect(await crm.writeStatus(write, context())).toBe("unchanged");
    expect(proxy.requests.filter(harness.isWrite)).toEqual([]);
  });

  it("a late write does not overwrite a newer one (29)", async () => {
    const { crm, dealId, peer, context } = await aDeal(run);
    await crm.writeStatus(
      { dealId, status: peer.aStatus({ sequence: 9, status: "Active" }) },
      context(),
    );
    const late = { dealId, status: peer.aStatus({ sequence: 4, status: "Provisioning" }) };
    expect(await crm.writeStatus(late, context())).toBe("outrun");
    expect(await peer.readStatus(dealId)).toEqual({ sequence: 9, status: "Active" });
  });

  it("cut after commit: the outcome is unknown, and the retry finds it done (25)", async () => {
    const { crm, dealId, peer, context, proxy, harness } = await aDeal(run);
    const write = { dealId, status: peer.aStatus({ sequence: 5, status: "Active" }) };
    proxy.strike({ when: harness.isWrite, fault: { kind: "reset-after-commit" }, times: 1 });
    expect((await outcomeOf(crm.writeStatus(write, context()))).category).toBe("outcome_unknown");
    expect(await crm.writeStatus(write, context())).toBe("unchanged");
    expect(await peer.readStatus(dealId)).toEqual({ sequence: 5, status: "Active" });
  });

  it("one bad record of a batch fails alone, and the answers keep the order (28)", async () => {
    const { crm, peer, context } = await aDeal(run);
    const [first = "", second = ""] = await peer.seedEqualStamps({ count: 2 });
    const gone = `${first.slice(0, 5)}zzzzzzzzzz`.slice(0, 15);
    const answers = await crm.writeStatuses(
      {
        writes: [first, gone, second].map((dealId, index) => ({
          dealId,
          status: peer.aStatus({ sequence: 1, orderId: `ord_batch_${first}_${index}` }),
        })),
      },
      context(),
    );
    expect(answers).toEqual([
      "written",
      { error: expect.objectContaining({ category: "not_found" }) },
      "written",
    ]);
  });
}

async function aDeal(run: ConformanceRun) {
  const { harness, system, context, proxy } = await run.warm();
  const { crm } = system;
  const peer = harness.crm;
  if (crm === null || peer === undefined) throw new Error("crm checks need a crm");
  const [dealId = ""] = await peer.seedEqualStamps({ count: 1 });
  return { crm, dealId, peer, context, proxy, harness };
}
