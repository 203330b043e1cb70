import { connectorFailure } from "@usher/connector-sdk/http";
import type { CallContext, ErpOrder } from "@usher/connector-sdk/spec";
import { exponentOf, parseCurrency } from "@usher/entitlement-core/kernel";
import { z } from "zod";
import type { NetsuiteClient } from "./netsuite-client.ts";
import { internalId } from "./netsuite-order-api.ts";

export interface NetsuiteCurrencies {
  /** The internal id of the order's currency; `validation` where the account cannot hold its amounts exactly. */
  idFor(order: Pick<ErpOrder, "currency" | "lines">, context: CallContext): Promise<string>;
  /** ISO 4217 of an internal id. */
  codeOf(id: string, context: CallContext): Promise<string>;
  /** Reads the list, always anew. */
  read(context: CallContext): Promise<readonly NetsuiteCurrency[]>;
}

interface NetsuiteCurrency {
  readonly id: string;
  readonly symbol: string;
  readonly currencyprecision?: number | undefined;
}

const row = z.looseObject({
  id: internalId,
  symbol: z.string(),
  currencyprecision: z.coerce.number().int().min(0).max(8).optional(),
});

/**
 * The account's currencies, known by their ISO code. NetSuite knows precisions of 0 and 2 only, so a
 * currency with three decimals loses one: what does not fit is refused before anything is made.
 * @see https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_N1397831.html
 */
export function createNetsuiteCurrencies(client: NetsuiteClient): NetsuiteCurrencies {
  let known: Promise<readonly NetsuiteCurrency[]> | null = null;

  function read(context: CallContext) {
    return client.query(
      {
        columns: ["id", "symbol", "currencyprecision"],
        table: "currency",
        where: {},
        key: "id",
        row,
        what: "Reading the currencies",
      },
      context,
    );
  }

  function all(context: CallContext) {
    const pending = known ?? read(context);
    known = pending;
    pending.catch(() => {
      known = null;
    });
    return pending;
  }

  return {
    read,
    async idFor({ currency, lines }, context) {
      const found = (await all(context)).find(({ symbol }) => symbol === currency);
      if (found === undefined) {
        // Somebody may be adding it right now.
        known = null;
        throw connectorFailure({
          category: "validation",
          message: `NetSuite has no currency ${currency}. Add it under Lists → Accounting → Currencies, with ${currency} as its ISO code.`,
          where: { record: `NetSuite currency ${currency}`, field: "ISO code" },
        });
      }
      const code = parseCurrency(currency);
      const surplus = (code === null ? 0 : exponentOf(code)) - (found.currencyprecision ?? 8);
      const step = 10 ** Math.max(0, surplus);
      const inexact = lines.find((line) => (line.unitAmountMinor * line.quantity) % step !== 0);
      if (inexact === undefined) return found.id;
      throw connectorFailure({
        category: "validation",
        message: `NetSuite keeps amounts in ${currency} with ${found.currencyprecision ?? 0} decimals, and line ${inexact.lineId} (${inexact.name}) has more. Change its price; NetSuite knows no other precision than 0 and 2.`,
        where: { record: `NetSuite currency ${currency}`, field: "precision" },
      });
    },
    async codeOf(id, context) {
      const found = (await all(context)).find((one) => one.id === id);
      if (found !== undefined) return found.symbol;
      throw connectorFailure({
        category: "schema_drift",
        message: `NetSuite names currency ${id}, which is not among its currencies.`,
      });
    },
  };
}
