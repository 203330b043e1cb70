import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toSalesforceId } from "./salesforce-id.ts";
import { soqlText } from "./soql.ts";

describe("soqlText", () => {
  it("keeps a value a value, whatever it holds", () => {
    expect(soqlText(`' OR Name != '`)).toBe(`'\\' OR Name != \\''`);
    expect(soqlText(`\\' OR 1`)).toBe(`'\\\\\\' OR 1'`);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (value) => {
        const literal = soqlText(value);
        // The only quote that is not escaped is the last.
        const inner = literal.slice(1, -1).replace(/\\./gs, "");
        expect(inner).not.toContain("'");
        expect(inner).not.toContain("\\");
        expect(inner).not.toMatch(/[\n\r]/);
      }),
    );
  });
});

describe("toSalesforceId", () => {
  it("gives both forms of an id the same name", () => {
    expect(toSalesforceId("001D000000IRFma")).toBe("001D000000IRFmaIAH");
    expect(toSalesforceId("001D000000IRFmaIAH")).toBe("001D000000IRFmaIAH");
  });

  it.each(["", "short", "001D000000IRFm!", "001D000000IRFmaIA", "001D000000IRFma' OR '"])(
    "takes %j for no id",
    (text) => {
      expect(toSalesforceId(text)).toBeNull();
    },
  );
});
