import { z } from "zod";
import { decimalText } from "../../http/index.ts";

/** What is used of Acme's answers about sales orders. https://api.acme.example/docs/sales-orders */

export const acmeSalesOrder = z.looseObject({
  id: z.string(),
  number: z.string(),
  revision: z.int(),
  customer_id: z.string(),
  line_ids: z.array(z.string()),
  total: decimalText,
  state: z.enum(["booked", "invoiced", "canceled", "credited"]),
});

export type AcmeSalesOrder = z.output<typeof acmeSalesOrder>;

export const acmeSalesOrders = z.looseObject({ sales_orders: z.array(acmeSalesOrder) });

export const acmeItem = z.looseObject({ id: z.string() });

export const acmeInvoices = z.looseObject({
  invoices: z.array(
    z.looseObject({
      id: z.string(),
      number: z.string().nullable(),
      state: z.enum(["draft", "posted", "paid", "canceled"]),
      untaxed: decimalText,
      total: decimalText,
      currency: z.string(),
    }),
  ),
});
