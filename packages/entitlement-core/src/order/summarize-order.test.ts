import { expect, it } from "vitest";
import { aDeal, aDealLine, contentOf } from "../testing/a-deal.ts";
import { summarizeOrder } from "./summarize-order.ts";

const names = { "GTX-PRO": "GTX Pro", "GTX-BASIC": "GTX Basic" };

it("says what, how many and to which last day", () => {
  expect(summarizeOrder({ content: contentOf(), names })).toBe("GTX Pro × 250, to 31 Dec 2027");
});

it("says the day of each line where they end on different ones", () => {
  const content = contentOf(
    aDeal({
      lines: [
        aDealLine(),
        aDealLine({ id: "2", productCode: "GTX-BASIC", unitPrice: "1", months: 1 }),
      ],
    }),
  );
  expect(summarizeOrder({ content, names })).toBe(
    "GTX Pro × 250 to 31 Dec 2027, GTX Basic × 250 to 31 Jan 2027",
  );
});

it("counts the lines that it leaves out", () => {
  const lines = [1, 2, 3, 4, 5].map((id) => aDealLine({ id: String(id), quantity: String(id) }));
  expect(summarizeOrder({ content: contentOf(aDeal({ lines })) })).toBe(
    "GTX-PRO × 1, GTX-PRO × 2, GTX-PRO × 3, 2 more lines, to 31 Dec 2027",
  );
});
