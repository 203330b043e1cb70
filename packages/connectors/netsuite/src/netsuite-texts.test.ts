import { fromDecimalAmount, toDecimalAmount } from "@usher/connector-sdk/http";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromUnits, jsonNumber, toUnits } from "./exact-decimal.ts";
import { creditExternalId, toExternalId } from "./external-id.ts";
import { accountOrigin } from "./netsuite-config.ts";
import { describeOrderMark, readOrderMark } from "./order-mark.ts";
import { toSuiteQl } from "./suiteql.ts";

describe("external ids", () => {
  it("have letters, digits, underscore and hyphen only, and two ids never become one", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (one, other) => {
        expect(toExternalId(one)).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(toExternalId(one) === toExternalId(other)).toBe(one === other);
        expect(toExternalId(other)).not.toBe(creditExternalId({ orderId: one, nth: 1 }));
      }),
    );
  });

  it("keep an id of ours readable", () => {
    expect(toExternalId("ord_01k9")).toBe("usher-ord_01k9");
    expect(toExternalId("A/1")).toBe("usher-x-412f31");
    expect(toExternalId("x-412f31")).toBe("usher-x-782d343132663331");
  });
});

describe("SuiteQL", () => {
  it("is always ordered by the key, and a quote ends no text", () => {
    const where = { itemid: ["O'Hara' OR '1'='1", "B"] };
    expect(toSuiteQl({ columns: ["id", "itemid"], table: "item", where, key: "id" })).toBe(
      "SELECT id, itemid FROM item WHERE itemid IN ('O''Hara'' OR ''1''=''1', 'B') ORDER BY id",
    );
  });

  it("without conditions asks for all", () => {
    expect(toSuiteQl({ columns: ["id"], table: "currency", where: {}, key: "id" })).toBe(
      "SELECT id FROM currency ORDER BY id",
    );
  });
});

describe("amounts", () => {
  it.each([
    ["USD", 8_325, "83.25"],
    ["JPY", 500, "500"],
    ["KWD", 1_230, "1.230"],
  ])("in %s go out and come back to the last digit", (currency, minor, amount) => {
    expect(toDecimalAmount({ minor, currency })).toBe(amount);
    expect(fromDecimalAmount({ amount, currency, what: "x" })).toBe(minor);
  });

  it("are JSON numbers of exactly their digits", () => {
    const body = { rate: jsonNumber("12345678901234567.10") };
    expect(JSON.stringify(body)).toBe('{"rate":12345678901234567.10}');
  });

  it("more digits than the currency has are no rounding but a fault", () => {
    expect(() =>
      fromDecimalAmount({ amount: "1.001", currency: "USD", what: "Invoice 1" }),
    ).toThrow("Invoice 1");
  });

  it("units of 10^-10 carry any decimal of NetSuite's both ways", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), (units) => {
        expect(toUnits(fromUnits(units))).toBe(units);
      }),
    );
    expect(toUnits("3.50")).toBe(toUnits("3.5"));
    expect(() => toUnits("abc")).toThrow("expected a decimal");
  });
});

describe("what an order was brought to", () => {
  it.each([
    ["3", { revision: 3, isTakenBack: false }],
    ["3 taken back", { revision: 3, isTakenBack: true }],
  ])("%s is written and read back", (text, mark) => {
    expect(readOrderMark(text)).toEqual(mark);
    expect(describeOrderMark(mark)).toBe(text);
  });

  it.each(["", undefined, "three", "1; DROP", "-1"])("%s is not Usher's", (text) => {
    expect(readOrderMark(text)).toBeNull();
  });
});

it("an account id is written with hyphens in host names", () => {
  expect(accountOrigin({ accountId: "1234567_SB1" })).toBe(
    "https://1234567-sb1.suitetalk.api.netsuite.com",
  );
});
