import { decimalText } from "@usher/connector-sdk/http";
import { z } from "zod";

/** An internal id: digits, which NetSuite writes as text or as a number. */
export const internalId = z.union([z.string().regex(/^\d{1,18}$/), z.int()]).transform(String);
const reference = z.looseObject({ id: internalId });

/**
 * Custom fields of the account, made by an operator once. Body fields go from an order to its
 * invoices by themselves, and so does the column.
 */
export const usherFields = {
  /** Usher's id of the order. */
  order: "custbody_usher_order",
  /** Which revision a sales order was brought to. */
  revision: "custbody_usher_revision",
  /** Usher's id of the line. */
  line: "custcol_usher_line",
} as const;

const line = z
  .looseObject({
    line: z.int(),
    item: reference,
    quantity: decimalText.optional(),
    rate: decimalText.optional(),
    amount: decimalText.optional(),
    quantityBilled: decimalText.optional(),
    isClosed: z.boolean().optional(),
    [usherFields.line]: z.string().optional(),
  })
  // A line that a person added may be a description or a subtotal; ours is something sold.
  .refine((one) => one[usherFields.line] === undefined || one.quantity !== undefined, {
    path: ["quantity"],
    message: "Invalid input: expected a quantity on a line of Usher's, received nothing",
  });
export type NetsuiteLine = z.output<typeof line>;

/** A sales order, an invoice or a credit memo, with its lines. */
export const netsuiteTransaction = z.looseObject({
  id: internalId,
  tranId: z.string().optional(),
  currency: z.looseObject({ id: internalId }),
  entity: reference,
  /** Before taxes; pages of Oracle's spell it either way. */
  subtotal: decimalText.optional(),
  subTotal: decimalText.optional(),
  total: decimalText,
  [usherFields.order]: z.string().optional(),
  [usherFields.revision]: z.union([z.string(), z.int()]).optional(),
  item: z.looseObject({ items: z.array(line), hasMore: z.boolean().optional() }),
});
export type NetsuiteTransaction = z.output<typeof netsuiteTransaction>;

/** A row of SuiteQL's `transaction`. */
export const transactionRow = z.looseObject({
  id: internalId,
  type: z.string(),
  tranid: z.string().optional(),
  /** One letter, whatever language the user of the connection has. */
  status: z.string(),
  currency: internalId,
});
