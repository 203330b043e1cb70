import { describe, expect, it } from "vitest";
import { renderPreview } from "./order-preview.ts";

const finance = {
  key: "finance",
  name: "Finance",
  step: 1,
  approvers: [{ group: "finance" }, { user: "cfo@seller.example" }],
  quorum: { kind: "count", count: 2 },
  due_after_hours: 48,
  when_silent: "deny",
  reasons: [{ fact: "discount-percent", sentence: "Discount of 28 % on line 1 is above 20 %." }],
  avoided_by: [
    {
      change: "raise_unit_price",
      line_id: "1",
      to_at_least: { amount: "80.00", currency: "USD" },
    },
    { change: "shorten_term", line_id: "1", to_at_most_months: 24 },
  ],
} as const;

const preview = (given: Partial<Parameters<typeof renderPreview>[0]>) =>
  renderPreview({ revision_hash: null, faults: [], stages: [], ...given });

describe("the preview of an approval path", () => {
  it("says who is asked, why, by when, and what would be just enough for not having to ask", () => {
    const stage = { ...finance, approvers: [...finance.approvers], reasons: [...finance.reasons] };
    const shown = preview({ stages: [{ ...stage, avoided_by: [...finance.avoided_by] }] });
    for (const text of [
      "1. Finance",
      "2 of group finance, cfo@seller.example, within 48 hours, else rejected",
      "because: Discount of 28 % on line 1 is above 20 %.",
      "not asked if: line 1 costs at least 80.00 USD a unit and line 1 runs at most 24 months",
    ]) {
      expect(shown).toContain(text);
    }
  });

  it("says so when nobody needs to be asked, and what is wrong before anybody could be", () => {
    expect(preview({})).toContain("Nobody needs to be asked");
    const faults = [
      { code: "unknown_product", sentence: "the product NOPE is not in the catalog." },
    ];
    expect(preview({ faults })).toContain("the product NOPE is not in the catalog.");
  });
});
