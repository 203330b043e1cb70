/** Run with `--expose-gc`: loads the check table and prints what it takes, and what it answers, as JSON. */
import { isDeepStrictEqual } from "node:util";
import { createCheckTable } from "../../../packages/entitlement-core/src/check/index.ts";
import { benchFeatures, benchNow, customerAt, rightsAt, usageAt } from "./many-rights.ts";

const customers = 100_000;

function bytesInUse(): number {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error("Run this with node --expose-gc.");
  gc();
  gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function load(table: ReturnType<typeof createCheckTable>, from: number, to: number): void {
  for (let index = from; index < to; index += 1) {
    table.replaceCustomer({
      customer: customerAt(index),
      entitlements: rightsAt(index),
      usage: usageAt(index),
    });
  }
}

// Compiled code and whatever else is made once is not a right's.
load(createCheckTable({ features: benchFeatures }), 0, 5_000);

const before = bytesInUse();
const table = createCheckTable({ features: benchFeatures });
load(table, 0, customers);
const after = bytesInUse();

// The rights are there: each says where it comes from.
let answersCompared = 0;
for (let index = 0; index < customers; index += 997) {
  for (const right of rightsAt(index)) {
    const { customerId: customer, feature } = right;
    const answer = table.check({ customer, feature, amount: 0, country: "DE", at: benchNow });
    const [source] = answer.breakdown;
    if (!isDeepStrictEqual(source?.entitlement, right))
      throw new Error(`${customer} ${feature} is not held as it was told.`);
    answersCompared += 1;
  }
}

process.stdout.write(
  JSON.stringify({
    bytesPerEntitlement: (after - before) / table.entitlements,
    entitlements: table.entitlements,
    answersCompared,
  }),
);
