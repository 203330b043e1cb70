import type { BillingLine } from "@usher/connector-sdk/spec";
import { describe, expect, it } from "vitest";
import { groupSubscriptionLines } from "./group-subscription-lines.ts";

function aLine(number: number, change: Partial<BillingLine> = {}): BillingLine {
  return {
    lineId: `line_${number}`,
    sku: "PRO",
    name: "Pro",
    quantity: 1,
    unitAmountMinor: 1_200,
    billing: { kind: "subscription", interval: "month" },
    startsAtIso: "2026-11-01T00:00:00.000Z",
    endsAtIso: "2027-11-01T00:00:00.000Z",
    months: 12,
    ...change,
  };
}

const shape = (lines: readonly BillingLine[]) =>
  groupSubscriptionLines({ lines, currency: "USD" }).map(({ bill, lines: held }) => [
    bill,
    held.length,
  ]);

describe("groupSubscriptionLines", () => {
  it("puts all lines of one rhythm and term into one subscription", () => {
    expect(shape([aLine(1), aLine(2), aLine(3)])).toEqual([["subscription-1", 3]]);
  });

  it("leaves lines that are billed once to the invoice", () => {
    expect(shape([aLine(1, { billing: { kind: "invoice" } })])).toEqual([]);
  });

  it("keeps apart what Stripe cannot hold in one: rhythms, dates, more than 20 items", () => {
    expect(
      shape([aLine(1), aLine(2, { billing: { kind: "subscription", interval: "year" } })]),
    ).toHaveLength(2);
    expect(shape([aLine(1), aLine(2, { startsAtIso: "2026-12-01T00:00:00.000Z" })])).toHaveLength(
      2,
    );
    expect(shape(Array.from({ length: 45 }, (_, index) => aLine(index)))).toEqual([
      ["subscription-1", 20],
      ["subscription-2", 20],
      ["subscription-3", 5],
    ]);
  });
});
