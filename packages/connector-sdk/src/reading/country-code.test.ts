import { describe, expect, it } from "vitest";
import { toCountryCode } from "./country-code.ts";

describe("toCountryCode", () => {
  it.each([
    ["DE", "DE"],
    ["de", "DE"],
    ["UK", "GB"],
    ["United States", "US"],
    ["united states of america", "US"],
    ["Kenya", "KE"],
    [" Romania ", "RO"],
    ["Korea", "KR"],
  ])("reads %s as %s", (text, code) => {
    expect(toCountryCode(text)).toBe(code);
  });

  it.each(["Philipines", "Atlantis", "XX", "", null, undefined])("does not guess %s", (text) => {
    expect(toCountryCode(text)).toBeNull();
  });
});
