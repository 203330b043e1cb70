import { expect, it } from "vitest";
import { aDeal, aDealLine } from "../testing/a-deal.ts";
import { hashDeal } from "./hash-deal.ts";

it("a save that changes nothing but version and last editor is the same deal", () => {
  const saved = aDeal({ version: "2", lastEditor: { email: "hub@seller.example", name: "Hub" } });
  expect(hashDeal(saved)).toBe(hashDeal(aDeal()));
});

it("any other edit is another deal", () => {
  for (const edited of [
    aDeal({ isWon: false }),
    aDeal({ account: null }),
    aDeal({ lines: [aDealLine({ quantity: "251" })] }),
    aDeal({ name: "\ud800" }),
  ]) {
    expect(hashDeal(edited)).not.toBe(hashDeal(aDeal()));
  }
});
