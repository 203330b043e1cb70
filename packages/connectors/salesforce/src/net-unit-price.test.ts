import { expect, it } from "vitest";
import { netUnitPrice } from "./net-unit-price.ts";

it.each([
  ["12.50", null, "12.50"],
  ["12.50", "0.00", "12.50"],
  ["100.0", "12.5", "87.5"],
  ["48.21", "10.00", "43.389"],
  ["480", "100", "0"],
  ["-10.00", "10", "-9.00"],
  [null, "10", ""],
] as const)("%s less %s percent is %s", (UnitPrice, Discount, net) => {
  expect(netUnitPrice({ UnitPrice, Discount })).toBe(net);
});
