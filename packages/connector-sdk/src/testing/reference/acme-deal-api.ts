import { z } from "zod";
import { decimalText } from "../../http/index.ts";

/** What is used of Acme's answers; other fields may come and go. https://api.acme.example/docs/deals */

const person = z.looseObject({ name: z.string(), email: z.string() });

const line = z.looseObject({
  id: z.string(),
  sku: z.string(),
  name: z.string(),
  quantity: decimalText,
  unit_price: decimalText,
  starts_on: z.string().nullable(),
  months: z.int().nullable(),
});

/** What we wrote about the order, under a field of our own. */
const shownOrder = z.looseObject({
  order_id: z.string(),
  sequence: z.int(),
  status: z.string(),
  waiting_on: z.string().nullable(),
  due_at: z.string().nullable(),
  active_from: z.string().nullable(),
  active_until: z.string().nullable(),
  problem: z.string().nullable(),
  summary: z.string(),
  url: z.string(),
});

export const acmeDeal = z.looseObject({
  id: z.string(),
  name: z.string(),
  is_won: z.boolean(),
  currency: z.string().nullable(),
  closed_on: z.string().nullable(),
  modified_at: z.iso.datetime(),
  account: z
    .looseObject({ id: z.string(), name: z.string(), country: z.string().nullable() })
    .nullable(),
  owner: person.nullable(),
  modified_by: person.nullable(),
  lines: z.array(line),
  usher: shownOrder.nullable(),
});

export type AcmeDeal = z.output<typeof acmeDeal>;

/** Records are parsed one by one, so that a bad one is named and the others go on. */
export const acmeDeals = z.looseObject({ deals: z.array(z.looseObject({ id: z.string() })) });

export const acmeChanges = z.looseObject({
  deals: z.array(z.looseObject({ id: z.string(), modified_at: z.iso.datetime() })),
  has_more: z.boolean(),
  /** By Acme's clock, which stamps the rows. */
  server_time: z.iso.datetime(),
});

export const acmeUpdates = z.looseObject({
  results: z.array(
    z.looseObject({
      id: z.string(),
      error: z.looseObject({ code: z.string(), message: z.string() }).nullable(),
    }),
  ),
});

/** As many deals as Acme takes in one update or gives in one read. */
export const dealsPerCallMax = 50;
