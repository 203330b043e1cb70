import { connectorFailure } from "@usher/connector-sdk/http";
import type { ErpOrder } from "@usher/connector-sdk/spec";
import { lastDayOf, parseCalendarDate } from "@usher/entitlement-core/kernel";
import type { WantedOrder } from "./plan-order-graph.ts";
import { toSalesforceAmount } from "./salesforce-amount.ts";
import type { SalesforceConfig } from "./salesforce-config.ts";
import { lineKey, type SalesforceOrderFields } from "./salesforce-order-fields.ts";

/** An order as an Order with its products. Pure. */
export function toWantedOrder(input: {
  readonly order: ErpOrder;
  readonly accountId: string;
  readonly pricebookId: string;
  /** Price book entries by sku. */
  readonly prices: ReadonlyMap<string, string>;
  readonly config: SalesforceConfig;
  readonly fields: SalesforceOrderFields;
}): WantedOrder {
  const { order, accountId, pricebookId, prices, config, fields } = input;
  const { orderId, revision, currency } = order;
  // The order begins with its first line: products may not begin before it.
  const EffectiveDate = order.lines.map(({ startsOn }) => startsOn).toSorted()[0];
  return {
    orderId,
    fixed: {
      AccountId: accountId,
      Pricebook2Id: pricebookId,
      ...(config.isMultiCurrency ? { CurrencyIsoCode: currency } : {}),
    },
    values: { EffectiveDate, [fields.revision]: revision, [fields.isCanceled]: false },
    items: order.lines.map((line) => ({
      key: lineKey(orderId, line.lineId),
      pricebookEntryId: prices.get(line.sku) ?? "",
      values: {
        Quantity: line.quantity,
        UnitPrice: toSalesforceAmount({ minor: line.unitAmountMinor, currency }),
        ServiceDate: line.startsOn,
        EndDate: lastDay(line),
      },
    })),
  };
}

function lastDay({ startsOn, months, lineId }: ErpOrder["lines"][number]): string {
  const parsed = parseCalendarDate(startsOn);
  if (parsed.ok) return lastDayOf({ startsOn: parsed.value, months });
  throw connectorFailure({
    category: "validation",
    message: `Line ${lineId}: expected a calendar date such as 2026-12-01, got “${startsOn}”.`,
    where: { record: `Line ${lineId}`, field: "startsOn" },
  });
}
