import { statusLadder } from "@usher/entitlement-core/order";
import { expect, it } from "vitest";
import { readStatus } from "./read-status.ts";

it("a status may be written without capitals, and with a hyphen instead of a space", () => {
  for (const status of statusLadder) {
    for (const text of [status, status.toLowerCase(), status.toUpperCase().replace(" ", "-")])
      expect(readStatus(text)).toBe(status);
  }
});

it("what is no status is answered with those that there are", () => {
  expect(() => readStatus("won")).toThrow(/“won” is no status of an order/);
});
