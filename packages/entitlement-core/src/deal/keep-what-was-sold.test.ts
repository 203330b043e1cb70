import { describe, expect, it } from "vitest";
import type { PublishedCatalog } from "../catalog/catalog.ts";
import { published } from "../testing/a-catalog.ts";
import { aDeal, aDealLine, contentOf } from "../testing/a-deal.ts";
import type { Deal } from "./deal.ts";
import { keepWhatWasSold } from "./keep-what-was-sold.ts";
import { parseDeal } from "./parse-deal.ts";

const then = aDeal({
  lines: [aDealLine(), aDealLine({ id: "00kLine2", productCode: "GTX-BASIC" })],
});
const sold = contentOf(then);

/** Every offering in a newer version, in another zone and at another price. */
const later: PublishedCatalog = {
  ...published(),
  timeZone: "UTC" as never,
  offerings: published().offerings.map((one) => ({
    ...one,
    id: `${one.id}-2` as never,
    version: one.version + 1,
    listPrices: [],
  })),
};

function readLater(deal: Deal, hasAccess = true) {
  const reading = parseDeal({ deal, catalog: later });
  const kept = keepWhatWasSold({ before: { deal: then, content: sold }, deal, reading, hasAccess });
  if (!kept.ok) throw new Error(kept.faults.map(({ sentence }) => sentence).join("\n"));
  return kept.content;
}

describe("keepWhatWasSold", () => {
  it.each([true, false])("reads a deal that says the same as before (access: %s)", (hasAccess) => {
    const saved = { ...then, version: "2", lastEditor: null };
    expect(readLater(saved, hasAccess)).toEqual(sold);
  });

  it("keeps what the customer has when only a quantity is lowered", () => {
    const [first, second] = then.lines;
    const lowered = { ...then, lines: [{ ...first, quantity: "10" }, second] } as Deal;
    const [line, other] = sold.lines;
    expect(readLater(lowered).lines).toEqual([{ ...line, quantity: 10 }, other]);
  });

  it("reads by the newest catalog what nobody has yet", () => {
    const lowered = { ...then, lines: [aDealLine({ quantity: "10" })] };
    const [line] = readLater(lowered, false).lines;
    expect(line).toMatchObject({ quantity: 10, listPrice: null });
    expect(line.offeringVersionId).toMatch(/-2$/);
  });

  it("reads by the newest catalog a new line, and one that names another product", () => {
    const changed = {
      ...then,
      lines: [aDealLine({ productCode: "GTX-BASIC" }), aDealLine({ id: "00kLine3" })],
    };
    for (const line of readLater(changed).lines) expect(line.offeringVersionId).toMatch(/-2$/);
  });

  it("takes a new term, in the zone of the old one", () => {
    const extended = { ...then, lines: [aDealLine({ months: 24 })] };
    expect(readLater(extended).lines[0].term).toEqual({ ...sold.lines[0].term, months: 24 });
  });
});
