import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseDecimalSafeJson } from "../../http/index.ts";
import { acmeDeal, acmeDeals } from "./acme-deal-api.ts";
import { fromAcmeDeal } from "./from-acme-deal.ts";

const fixture = parseDecimalSafeJson(
  readFileSync(join(import.meta.dirname, "fixtures/deal.json"), "utf8"),
);
const wire = acmeDeal.parse(acmeDeals.parse(fixture).deals[0]);

describe("fromAcmeDeal", () => {
  it("keeps amounts as the decimals they were written as", () => {
    expect(fromAcmeDeal(wire).lines).toMatchObject([{ quantity: "250", unitPrice: "420.5" }]);
  });

  it("does not take our own write-back for a person's edit", () => {
    expect(fromAcmeDeal(wire).lastEditor).toBeNull();
  });

  it("has one version for one content, whoever touched the record last", () => {
    const hashOf = (version: string) => version.split("#")[1];
    const person = { name: "Ada", email: "ada@seller.example" };
    const touched = { ...wire, modified_at: "2026-11-21T00:00:00.000Z", modified_by: person };
    expect(hashOf(fromAcmeDeal(touched).version)).toBe(hashOf(fromAcmeDeal(wire).version));
    expect(hashOf(fromAcmeDeal({ ...wire, name: "other" }).version)).not.toBe(
      hashOf(fromAcmeDeal(wire).version),
    );
  });
});
