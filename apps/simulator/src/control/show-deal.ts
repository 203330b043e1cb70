import { currencyExponent } from "../currency.ts";
import type { Org, RecordRow } from "../salesforce/org.ts";
import { formatDateTime } from "../salesforce/salesforce-time.ts";
import type { SchemaObject } from "../salesforce/schema/schema.ts";
import { showValue } from "../salesforce/show-record.ts";
import { dealLines } from "./edit-deal.ts";

export interface ShownDeal {
  readonly id: string;
  readonly name: string;
  readonly account: {
    readonly id: string;
    readonly name: string;
    readonly country: string | null;
  } | null;
  readonly owner: { readonly name: string; readonly email: string } | null;
  readonly stage: string;
  readonly is_won: boolean;
  readonly is_closed: boolean;
  readonly is_deleted: boolean;
  /** Decimal text. */
  readonly amount: string;
  readonly currency: string;
  readonly close_date: string;
  /** SystemModstamp, as the API writes it. */
  readonly version: string;
  readonly lines: readonly ShownDealLine[];
  /** What sales sees of the hub: the status fields by API name. */
  readonly usher: Readonly<Record<string, unknown>>;
}

export interface ShownDealLine {
  readonly id: string;
  readonly product_code: string;
  readonly product_name: string;
  readonly quantity: string;
  readonly unit_price: string;
  readonly list_price: string | null;
  readonly total: string;
  readonly starts_on: string | null;
  readonly term_months: number | null;
}

/** A deal as a person sees it in the CRM. */
export function showDeal(org: Org, row: RecordRow): ShownDeal {
  const { values } = row;
  const account = recordOf(org, "Account", values["AccountId"]);
  const owner = recordOf(org, "User", values["OwnerId"]);
  const currency = String(values["CurrencyIsoCode"]);
  return {
    id: row.id,
    name: String(values["Name"]),
    account:
      account === undefined
        ? null
        : {
            id: account.id,
            name: String(account.values["Name"]),
            country: (account.values["BillingCountry"] as string | null) ?? null,
          },
    owner:
      owner === undefined
        ? null
        : { name: String(owner.values["Name"]), email: String(owner.values["Email"]) },
    stage: String(values["StageName"]),
    is_won: values["IsWon"] === true,
    is_closed: values["IsClosed"] === true,
    is_deleted: values["IsDeleted"] === true,
    amount: amountText(values["Amount"], currency),
    currency,
    close_date: String(values["CloseDate"]),
    version: formatDateTime(values["SystemModstamp"] as number),
    lines: dealLines(org, row.id).map((line) => showLine(org, line, currency)),
    usher: statusOf(org, row),
  };
}

function showLine(org: Org, row: RecordRow, currency: string): ShownDealLine {
  const { values } = row;
  const product = recordOf(org, "Product2", values["Product2Id"]);
  const term = values[`${org.settings().fieldPrefix}_Term_Months__c`];
  return {
    id: row.id,
    product_code: String(values["ProductCode"] ?? ""),
    product_name: String(product?.values["Name"] ?? ""),
    quantity: String(values["Quantity"]),
    unit_price: amountText(values["UnitPrice"], currency),
    list_price: values["ListPrice"] === null ? null : amountText(values["ListPrice"], currency),
    total: amountText(values["TotalPrice"], currency),
    starts_on: (values["ServiceDate"] as string | null) ?? null,
    term_months: typeof term === "number" ? term : null,
  };
}

function statusOf(org: Org, row: RecordRow): Record<string, unknown> {
  const prefix = `${org.settings().fieldPrefix}_`;
  const fields = (org.schema().object("Opportunity") as SchemaObject).fields;
  const shown: Record<string, unknown> = {};
  for (const field of fields) {
    if (field.name.startsWith(prefix)) shown[field.name] = showValue(field, row.values[field.name]);
  }
  return shown;
}

function recordOf(org: Org, object: string, id: unknown): RecordRow | undefined {
  const row = typeof id === "string" ? org.table(object).get(id) : undefined;
  return row?.values["IsDeleted"] === true ? undefined : row;
}

function amountText(value: unknown, currency: string): string {
  return typeof value === "number" ? value.toFixed(currencyExponent(currency)) : "0";
}
