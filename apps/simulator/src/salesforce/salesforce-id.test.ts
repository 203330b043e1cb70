import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeSalesforceId, normalizeSalesforceId } from "./salesforce-id.ts";

describe("Salesforce ids", () => {
  it("get the vendor's three-letter suffix", () => {
    expect(normalizeSalesforceId("001A0000006Vm9r")).toBe("001A0000006Vm9rIAC");
  });

  it("are unique and grow with the sequence", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 40 }),
        fc.integer({ min: 1, max: 2 ** 20 }),
        (sequence, more) => {
          const make = (number: number) =>
            makeSalesforceId({ keyPrefix: "006", pod: "8F5", sequence: number });
          expect(make(sequence) < make(sequence + more)).toBe(true);
          expect(make(sequence)).toHaveLength(18);
          expect(normalizeSalesforceId(make(sequence).slice(0, 15))).toBe(make(sequence));
        },
      ),
    );
  });

  it.each(["", "006", "006A0000006Vm9r!", "006A0000006Vm9rIACX"])("%j is none", (text) => {
    expect(normalizeSalesforceId(text)).toBeUndefined();
  });
});
