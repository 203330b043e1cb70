import { expect, it } from "vitest";
import { aDeal, aDealLine, contentOf } from "../testing/a-deal.ts";
import { diffContent, isEmptyDiff } from "./diff-content.ts";

const before = contentOf();

it("the same content differs in nothing", () => {
  expect(isEmptyDiff(diffContent(before, contentOf()))).toBe(true);
});

it("tells each field of a line before and after, and the value of the whole", () => {
  const after = contentOf(
    aDeal({ lines: [aDealLine({ quantity: "200", unitPrice: "500.00", months: 24 })] }),
  );
  const diff = diffContent(before, after);
  expect(diff.lines).toMatchObject([
    {
      kind: "changed",
      changes: [
        { field: "quantity", before: 250, after: 200 },
        { field: "unit-price", before: { minor: 55_000 }, after: { minor: 50_000 } },
        { field: "months", before: 12, after: 24 },
      ],
    },
  ]);
  expect(diff.total).toMatchObject({ before: { minor: 13_750_000 }, after: { minor: 10_000_000 } });
});

it("a line that was entered again under a new id is the same line", () => {
  const after = contentOf(aDeal({ lines: [aDealLine({ id: "new", quantity: "300" })] }));
  expect(diffContent(before, after).lines).toMatchObject([
    { kind: "changed", changes: [{ field: "quantity", before: 250, after: 300 }] },
  ]);
});

it("tells lines that came and lines that went", () => {
  const after = contentOf(
    aDeal({ lines: [aDealLine({ id: "b", productCode: "GTX-BASIC", unitPrice: "55.00" })] }),
  );
  expect(diffContent(before, after).lines.map(({ kind }) => kind)).toEqual(["added", "removed"]);
});

it("tells what changed about the deal itself", () => {
  const after = contentOf(
    aDeal({
      name: "Acme, final",
      account: { id: "001Acme", name: "Acme", country: "FR" },
      owner: null,
    }),
  );
  expect(diffContent(before, after).fields).toEqual([
    { field: "deal-name", before: "Acme Pro", after: "Acme, final" },
    { field: "country", before: "DE", after: "FR" },
    { field: "owner", before: "Olga Owner <olga@seller.example>", after: null },
  ]);
});

it("without an order before, every line is new", () => {
  const diff = diffContent(null, before);
  expect(diff.lines.map(({ kind }) => kind)).toEqual(["added"]);
  expect(diff.total).toEqual({ before: null, after: { minor: 13_750_000, currency: "USD" } });
  expect(diff.fields).toEqual([]);
});
