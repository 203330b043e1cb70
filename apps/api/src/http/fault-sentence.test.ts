import { createOrderSchema } from "@usher/api-contract";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { invalidRequest } from "./zod-faults.ts";

function faultsOf(schema: z.ZodType, value: unknown) {
  const { error } = schema.safeParse(value);
  if (error === undefined) throw new Error("The value was to be refused.");
  return invalidRequest({ error, place: "body" }).errors.map(
    ({ pointer, detail, fix }) => `${pointer}: ${detail}. ${fix}`,
  );
}

describe("a fault of a request", () => {
  it.each([
    [z.object({ a: z.string() }), {}, "/a: it is missing; expected a string. Add it."],
    [z.object({ a: z.int() }), { a: "1" }, "/a: expected a number, got a string. Send a number."],
    [
      z.object({ a: z.int() }),
      { a: 1.5 },
      "/a: expected a whole number, got a number. Send a whole number.",
    ],
    [
      z.object({ a: z.object({}) }),
      { a: [] },
      "/a: expected an object, got an array. Send an object.",
    ],
    [
      z.object({ a: z.object({}) }),
      { a: null },
      "/a: expected an object, got null. Send an object.",
    ],
    [
      z.object({ a: z.record(z.string(), z.int()) }),
      { a: 1 },
      "/a: expected an object, got a number. Send an object.",
    ],
    [
      z.object({ a: z.enum(["x", "y"]) }),
      { a: "z" },
      "/a: expected one of: x, y. Send one of them.",
    ],
    [z.object({ a: z.literal("1.0") }), { a: "2" }, "/a: expected 1.0. Send 1.0."],
    [
      z.object({ a: z.string().max(3) }),
      { a: "four" },
      "/a: expected at most 3 characters. Send at most 3 characters.",
    ],
    [
      z.object({ a: z.array(z.int()).min(1) }),
      { a: [] },
      "/a: expected at least 1 item. Send at least 1 item.",
    ],
    [z.object({ a: z.int().max(9) }), { a: 10 }, "/a: expected at most 9. Send at most 9."],
    [
      z.object({ a: z.url() }),
      { a: "x" },
      "/a: expected a web address, such as https://example.com/thanks. Send the whole address, with its scheme.",
    ],
    [z.object({ a: z.coerce.number() }), { a: "x" }, "/a: expected a number. Send a number."],
  ])("says what was expected, what came and what to do (%#)", (schema, value, sentence) => {
    expect(faultsOf(schema, value)).toEqual([sentence]);
  });

  it("of a format is told as missing where there is nothing", () => {
    const faults = faultsOf(createOrderSchema, { lines: [{ term: { months: 12 } }] });
    expect(faults).toContain("/lines/0/term/starts_on: it is missing; expected a string. Add it.");
  });

  it("is told once, however many bounds a number breaks", () => {
    expect(faultsOf(z.object({ a: z.int().max(9) }), { a: 2 ** 60 })).toHaveLength(1);
  });

  it("speaks of the thing, not of the pattern that recognizes it", () => {
    const faults = faultsOf(createOrderSchema, {
      source: { system: "My CRM", id: "D-1", version: "1" },
      kind: "new",
      customer: { external_id: "001", name: "Acme", country: "Germany" },
      currency: "usd",
      lines: [
        {
          line_id: "1",
          sku: "PRO",
          quantity: 1,
          unit_price: { amount: "12,50" },
          term: { starts_on: "2026-02-30", months: 12 },
        },
      ],
    });
    expect(faults.join("\n")).not.toMatch(/pattern|regex|invalid|\^\[/i);
    for (const word of ["such as USD", "such as DE", "such as 12.50", "calendar date that exists"])
      expect(faults.join("\n")).toContain(word);
  });
});
