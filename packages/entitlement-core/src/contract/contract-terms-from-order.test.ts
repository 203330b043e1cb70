import { expect, it } from "vitest";
import { instantToIso } from "../kernel/instant.ts";
import { aDeal, aDealLine, contentOf } from "../testing/a-deal.ts";
import { contractTermsFromOrder } from "./contract-terms-from-order.ts";

it("an order runs from its earliest line's first instant to its latest line's end", () => {
  const lines = [
    aDealLine({ id: "a", startsOn: "2027-02-01", months: 1 }),
    aDealLine({ id: "b", startsOn: "2027-01-01", months: 3 }),
    aDealLine({ id: "c", startsOn: "2027-07-01", months: 1 }),
  ];
  const { span, lines: terms } = contractTermsFromOrder(contentOf(aDeal({ lines })));
  expect([instantToIso(span.from), instantToIso(span.to)]).toEqual([
    "2026-12-31T23:00:00Z",
    "2027-07-31T22:00:00Z",
  ]);
  expect(terms.map(({ lineId }) => lineId)).toEqual(["a", "b", "c"]);
});
