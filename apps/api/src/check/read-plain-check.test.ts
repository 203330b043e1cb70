import { checkSchema } from "@usher/api-contract";
import fc from "fast-check";
import { expect, it } from "vitest";
import { readPlainCheck } from "./read-plain-check.ts";

const anything = fc.oneof(
  fc.string({ maxLength: 300 }),
  fc.integer(),
  fc.double(),
  fc.constant(null),
  fc.boolean(),
  fc.object(),
);
const questions = fc.record(
  {
    customer: fc.oneof(fc.constantFrom("ext:1", "cus_1"), anything),
    feature: fc.oneof(fc.constantFrom("sso", "api_calls", "a.b-c", "Upper", ""), anything),
    amount: fc.oneof(fc.nat(), anything),
    country: fc.oneof(fc.constant("DE"), anything),
    more: anything,
  },
  { requiredKeys: [] },
);

const nearlyPlain = fc.record(
  {
    customer: fc.oneof({ weight: 4, arbitrary: fc.constantFrom("ext:1", "cus_1") }, anything),
    feature: fc.oneof({ weight: 4, arbitrary: fc.constantFrom("sso", "api_calls") }, anything),
    amount: fc.oneof({ weight: 4, arbitrary: fc.nat() }, anything),
    country: fc.oneof({ weight: 4, arbitrary: fc.constantFrom("DE", "US", "de", "DEU") }, anything),
  },
  { requiredKeys: ["customer", "feature"] },
);

it("reads nothing that the contract's schema would refuse, and reads it the same", () => {
  let read = 0;
  let withCountry = 0;
  fc.assert(
    fc.property(fc.oneof(nearlyPlain, questions, anything), (value) => {
      const plain = readPlainCheck(value);
      if (plain === null) return;
      read += 1;
      if (plain.country !== undefined) withCountry += 1;
      expect(checkSchema.safeParse(value)).toEqual({ success: true, data: plain });
    }),
    { numRuns: 3_000 },
  );
  expect(read).toBeGreaterThan(50);
  expect(withCountry).toBeGreaterThan(50);
});
