import { z } from "zod";
import { trytonDecimal, trytonFloat, trytonId } from "./tryton-values.ts";

/** What is read of a sale: only the fields in use. A dotted name asks for a field of a related record, which comes under the name with a dot at its end. */
export const saleFields = [
  "number",
  "description",
  "state",
  "invoice_state",
  "party",
  "currency.code",
  "_timestamp",
  "lines.type",
  "lines.note",
  "lines.description",
  "lines.quantity",
  "lines.unit",
  "lines.unit_price",
  "lines.amount",
  "lines.product",
  "lines.product.code",
  "lines.invoice_lines.quantity",
  "lines.invoice_lines.invoice.state",
  "amendments.state",
  "amendments.description",
  "invoices.number",
  "invoices.state",
  "invoices.untaxed_amount",
  "invoices.total_amount",
  "invoices.currency.code",
] as const;

const text = z.string().nullable();
const currency = z.looseObject({ code: z.string() });
const invoiceState = z.enum(["draft", "validated", "posted", "paid", "cancelled"]);

const saleLine = z.looseObject({
  id: trytonId,
  type: z.string(),
  note: text,
  description: text,
  quantity: trytonFloat.nullable(),
  unit: trytonId.nullable(),
  unit_price: trytonDecimal.nullable(),
  amount: trytonDecimal.nullable(),
  product: trytonId.nullable(),
  "product.": z.looseObject({ code: text }).nullable(),
  "invoice_lines.": z.array(
    z.looseObject({
      quantity: trytonFloat.nullable(),
      "invoice.": z.looseObject({ state: invoiceState }).nullable(),
    }),
  ),
});

export const trytonSale = z.looseObject({
  id: trytonId,
  number: text,
  description: text,
  state: z.enum(["draft", "quotation", "confirmed", "processing", "done", "cancelled"]),
  invoice_state: z.enum([
    "none",
    "pending",
    "awaiting payment",
    "partially paid",
    "paid",
    "exception",
  ]),
  party: trytonId,
  "currency.": currency,
  /** The version of the record, for Tryton's optimistic lock. */
  _timestamp: z.string().nullable(),
  "lines.": z.array(saleLine),
  "amendments.": z.array(
    z.looseObject({ id: trytonId, state: z.enum(["draft", "validated"]), description: text }),
  ),
  "invoices.": z.array(
    z.looseObject({
      id: trytonId,
      number: text,
      state: invoiceState,
      untaxed_amount: trytonDecimal,
      total_amount: trytonDecimal,
      "currency.": currency,
    }),
  ),
});

export type TrytonSale = z.output<typeof trytonSale>;
