import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type HubSpotLinePrice, netUnitPrice } from "./net-unit-price.ts";

const aLine = (change: Partial<HubSpotLinePrice> = {}): HubSpotLinePrice => ({
  price: "345.60",
  discount: "",
  discountPercent: "",
  frequency: "",
  months: 12,
  ...change,
});
const net = (
  change: Partial<HubSpotLinePrice>,
  recurringPriceIsFor: "billing_period" | "term" = "billing_period",
) => netUnitPrice({ line: aLine(change), recurringPriceIsFor });

describe("the net price of a unit for the whole term", () => {
  it.each([
    ["without discount or period stays as it was written", {}, "345.60"],
    ["less an amount", { discount: "45.6" }, "300.00"],
    ["less a share", { discountPercent: "10" }, "311.04"],
    ["less a third of a cent keeps every digit", { discountPercent: "33.333" }, "230.401152"],
    ["the share counts where both are set", { discount: "5", discountPercent: "50" }, "172.80"],
    ["of a monthly line is twelve payments", { frequency: "monthly" }, "4147.20"],
    ["of a quarterly line is four", { frequency: "quarterly", price: "100" }, "400"],
    ["of a line billed yearly is one", { frequency: "annually" }, "345.60"],
    [
      "of a two-year term billed yearly, discounted",
      { frequency: "annually", months: 24, discountPercent: "10" },
      "622.08",
    ],
    ["below nothing is told as it is", { discount: "400" }, "-54.40"],
  ] as const)("%s", (_, change, expected) => {
    expect(net(change)).toBe(expected);
  });

  it("is not multiplied where the portal's prices are for the term", () => {
    expect(net({ frequency: "monthly" }, "term")).toBe("345.60");
  });

  it.each([
    ["weekly", 12, "345.60 weekly"],
    ["quarterly", 10, "345.60 quarterly"],
    ["monthly", null, "345.60 monthly"],
  ])("a %s line over %s months is not reckoned with: sales is told", (frequency, months, text) => {
    expect(net({ frequency, months })).toBe(text);
  });

  it("something that is no number is told as it stands", () => {
    expect(net({ price: "on request" })).toBe("on request");
    expect(net({ price: "", frequency: "monthly" })).toBe("");
  });

  it("never passes through floating point: cents of any size survive", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 20n }),
        fc.integer({ min: 1, max: 60 }),
        (cents, months) => {
          const text = cents.toString().padStart(3, "0");
          const price = `${text.slice(0, -2)}.${text.slice(-2)}`;
          const total = net({ price, frequency: "monthly", months });
          expect(BigInt(total.replace(".", ""))).toBe(cents * BigInt(months));
        },
      ),
    );
  });
});
