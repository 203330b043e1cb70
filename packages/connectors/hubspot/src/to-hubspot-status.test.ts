import type { DealStatus } from "@usher/connector-sdk/spec";
import { describe, expect, it } from "vitest";
import { statusProperties, wantedProperties } from "./hubspot-properties.ts";
import { showsSameStatus, toHubSpotStatus } from "./to-hubspot-status.ts";

const names = statusProperties("usher");
const aStatus = (change: Partial<DealStatus> = {}): DealStatus => ({
  orderId: "ord_1",
  sequence: 7,
  status: "Active",
  waitingOn: null,
  dueAtIso: null,
  activeFromIso: "2026-12-01T00:00:00.000Z",
  activeUntilIso: null,
  problem: null,
  summary: "Pro, 250 seats",
  url: "https://hub.example/o/1",
  ...change,
});

describe("a status as HubSpot keeps it", () => {
  it("writes every property the set-up creates, as text, and nothing as the empty text", () => {
    const values = toHubSpotStatus({ status: aStatus(), names });
    expect(Object.keys(values).sort()).toEqual(
      wantedProperties("usher")
        .map(({ name }) => name)
        .sort(),
    );
    expect(values).toMatchObject({ usher_seq: "7", usher_problem: "", usher_status: "Active" });
  });

  it("is the same as what stands there, however HubSpot spells it", () => {
    const wanted = toHubSpotStatus({ status: aStatus(), names });
    const remote = {
      ...wanted,
      usher_seq: "7.0",
      usher_problem: null,
      usher_due_at: null,
      usher_active_from: "2026-12-01T00:00:00Z",
    };
    expect(showsSameStatus({ remote, wanted })).toBe(true);
    expect(showsSameStatus({ remote: { ...remote, usher_status: "Ended" }, wanted })).toBe(false);
  });

  it("is cut to what a property holds, not through an emoji", () => {
    const { usher_problem: problem = "" } = toHubSpotStatus({
      status: aStatus({ problem: "🎉".repeat(40_000) }),
      names,
    });
    expect(problem.length).toBeLessThanOrEqual(65_536);
    expect(problem).toMatch(/^(🎉)+…$/u);
  });
});
