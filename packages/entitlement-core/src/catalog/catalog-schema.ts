import { z } from "zod";
import type { Catalog } from "./catalog.ts";

// The door through which a catalog document comes from outside. It has its own entry of the
// package ("./catalog/schema"), so that whoever imports the rules does not import zod: the
// workflow bundle must stay without it.

const text = z.string().min(1).max(200);

const limit = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({ kind: z.literal("limited"), amount: z.int().min(0) }),
  z.strictObject({ kind: z.literal("unlimited") }),
]);

const money = z.strictObject({ minor: z.int().min(0), currency: z.string().regex(/^[A-Z]{3}$/) });

const featureOfAnyKind = {
  key: text,
  name: text,
  description: z.string().max(2_000).optional(),
  failPolicy: z.enum(["open", "closed"]),
};

const feature = z.discriminatedUnion("kind", [
  z.strictObject({ ...featureOfAnyKind, kind: z.literal("boolean") }),
  z.strictObject({
    ...featureOfAnyKind,
    kind: z.literal("config"),
    combine: z.enum(["max", "min", "union", "latest"]),
  }),
  z.strictObject({ ...featureOfAnyKind, kind: z.literal("metered"), unit: text }),
  z.strictObject({ ...featureOfAnyKind, kind: z.literal("seat") }),
]);

const amount = z.discriminatedUnion("basis", [
  z.strictObject({ basis: z.literal("fixed"), limit }),
  z.strictObject({ basis: z.literal("per-quantity"), amount: z.int().min(1) }),
]);

const enforcement = z.enum(["soft", "hard"]);

const templateOfAnyKind = {
  feature: text,
  graceDays: z.int().min(0),
  geo: z
    .strictObject({ mode: z.enum(["allow", "deny"]), countries: z.array(z.string()).max(300) })
    .nullable(),
};

const template = z.discriminatedUnion("kind", [
  z.strictObject({ ...templateOfAnyKind, kind: z.literal("boolean") }),
  z.strictObject({
    ...templateOfAnyKind,
    kind: z.literal("config"),
    value: z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
  }),
  z.strictObject({
    ...templateOfAnyKind,
    kind: z.literal("metered"),
    amount,
    reset: z.enum(["never", "day", "week", "month", "year"]),
    rollover: z.strictObject({ max: limit }).nullable(),
    enforcement,
  }),
  z.strictObject({ ...templateOfAnyKind, kind: z.literal("seat"), amount, enforcement }),
]);

const offering = z.strictObject({
  sku: text,
  name: text,
  skuClass: text,
  listPrices: z.array(money).max(200),
  billing: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("subscription"), interval: z.enum(["month", "year"]) }),
    z.strictObject({ kind: z.literal("invoice") }),
  ]),
  defaultTerm: z
    .strictObject({ months: z.int(), startsOn: z.enum(["close-date", "received-date"]) })
    .optional(),
  entitlements: z.array(template).max(1_000),
});

const condition = z.union([
  z.strictObject({ fact: z.literal("discount-percent"), above: z.number() }),
  z.strictObject({ fact: z.literal("total-value"), aboveMinor: z.int(), currency: z.string() }),
  z.strictObject({ fact: z.literal("term-months"), above: z.number() }),
  z.strictObject({ fact: z.literal("country"), isOneOf: z.array(z.string()) }),
  z.strictObject({ fact: z.literal("country"), isNotOneOf: z.array(z.string()) }),
  z.strictObject({ fact: z.literal("sku-class"), isOneOf: z.array(z.string()) }),
  z.strictObject({ fact: z.literal("first-order-of-customer") }),
  z.strictObject({ fact: z.literal("always") }),
]);

const stage = z.strictObject({
  key: text,
  name: text,
  when: z.array(condition).max(100),
  approvers: z
    .array(z.union([z.strictObject({ user: z.email() }), z.strictObject({ group: text })]))
    .max(100),
  quorum: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("any") }),
    z.strictObject({ kind: z.literal("all") }),
    z.strictObject({ kind: z.literal("count"), count: z.int() }),
  ]),
  step: z.int(),
  dueAfterHours: z.number(),
  whenSilent: z.enum(["park", "deny"]),
});

const document = z.strictObject({
  timeZone: text,
  features: z.array(feature).max(1_000),
  offerings: z.array(offering).max(10_000),
  aliases: z
    .array(z.strictObject({ system: text.nullable(), productCode: text, sku: text }))
    .max(10_000),
  approvalPolicy: z.strictObject({ stages: z.array(stage).max(100) }),
});

/**
 * The shape of a catalog document. Whether it contradicts itself is `checkCatalog`'s to say: a
 * document of the right shape may still grant a feature that it does not define.
 */
export const catalogSchema = document as unknown as z.ZodType<Catalog>;

/** The document's shape without our brands; held to `Catalog` by a test. */
export type CatalogDocument = z.infer<typeof document>;
