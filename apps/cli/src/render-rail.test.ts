import { stripVTControlCharacters } from "node:util";
import type { WireOrder, WireOrderEvent } from "@usher/api-contract";
import { describe, expect, it } from "vitest";
import { renderRail } from "./render-rail.ts";

const event = (type: string) => ({ type }) as WireOrderEvent;
const railOf = (order: Partial<WireOrder>, ...types: readonly string[]) =>
  stripVTControlCharacters(renderRail({ problem: null, ...order } as WireOrder, types.map(event)));

describe("the ladder of an order in a terminal", () => {
  it.each([
    [
      railOf({ status: "Awaiting approval" }, "order_received", "approval_requested"),
      "✓ Received ── ● Awaiting approval ── ○ Provisioning ── ○ Active",
    ],
    [
      railOf(
        { status: "Active" },
        "order_received",
        "provisioning_started",
        "entitlements_granted",
      ),
      "✓ Received ── ✓ Provisioning ── ✓ Active",
    ],
    [
      railOf(
        { status: "Action needed", problem: { resume_at: "provisioning" } as WireOrder["problem"] },
        "order_received",
        "provisioning_started",
      ),
      "✓ Received ── ✗ Provisioning ── ○ Active",
    ],
    [
      railOf({ status: "Rejected" }, "order_received", "approval_requested"),
      "✓ Received ── ✓ Awaiting approval ── ■ Rejected",
    ],
    [
      railOf({ status: "Ended" }, "order_received", "provisioning_started", "entitlements_granted"),
      "✓ Received ── ✓ Provisioning ── ✓ Active ── ■ Ended",
    ],
  ])("shows where it has been, where it stands and what is left (%#)", (rail, expected) => {
    expect(rail).toBe(expected);
  });
});
