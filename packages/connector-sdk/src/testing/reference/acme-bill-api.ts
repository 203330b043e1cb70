import { z } from "zod";
import { decimalText } from "../../http/index.ts";

/** What is used of Acme's answers about bills. https://api.acme.example/docs/bills */

export const acmeBill = z.looseObject({
  id: z.string(),
  kind: z.enum(["subscription", "invoice"]),
  order_id: z.string(),
  revision: z.int(),
  line_ids: z.array(z.string()),
  total: decimalText,
  state: z.enum(["open", "paid", "void", "credited"]),
});

export type AcmeBill = z.output<typeof acmeBill>;

export const acmeBills = z.looseObject({ bills: z.array(acmeBill) });
