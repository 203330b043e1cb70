import { describe, expect, it } from "vitest";
import { chooseKinds } from "./choose-kinds.ts";

const connector = { name: "Salesforce", kinds: ["crm" as const, "erp" as const] };

describe("chooseKinds", () => {
  it("takes what the vendor is first of all where nothing is asked for", () => {
    expect(chooseKinds({ asked: [], connector })).toEqual(["crm"]);
  });

  it("takes all that are asked for, each once", () => {
    expect(chooseKinds({ asked: ["erp", "crm", "erp"], connector })).toEqual(["crm", "erp"]);
  });

  it("refuses what the vendor cannot be, and says what it can", () => {
    expect(() => chooseKinds({ asked: ["billing"], connector })).toThrow(
      expect.objectContaining({ message: expect.stringContaining("billing") }),
    );
  });
});
