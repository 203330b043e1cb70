import type { OpportunityRow } from "./crm-csv-rows.ts";
import { addYears, yearsToMove } from "./move-dates-near.ts";
import type { CrmCsv } from "./read-crm-csv.ts";

/** Three years, so that a pipeline moved into the last two is still in force. */
const termMonths = 36;

/** The files as one load of a simulated CRM. Each row keeps its own id as `ref`, so a load may be repeated. */
export function pipelineOfCsv(input: { readonly csv: CrmCsv; readonly today: string }) {
  const { accounts, opportunities, products } = input.csv;
  // Dates as texts sort like the days they name.
  const latestDate = opportunities
    .flatMap((one) => one.close_date ?? [])
    .toSorted()
    .at(-1);
  const years = latestDate === undefined ? 0 : yearsToMove({ latestDate, today: input.today });
  const listPrices = new Map(products.map((one) => [one.product, one.sales_price]));
  return {
    accounts: accounts.map((one) => ({ name: one.account, country: one.office_location })),
    products: products.map((one) => ({
      code: one.product,
      name: one.product,
      list_price: one.sales_price,
      family: one.series,
    })),
    opportunities: opportunities.map((one) =>
      toOpportunity({ row: one, years, listPrice: listPrices.get(one.product) }),
    ),
  };
}

function toOpportunity(input: {
  readonly row: OpportunityRow;
  readonly years: number;
  readonly listPrice: string | undefined;
}) {
  const { row, years } = input;
  const closeDate = row.close_date === null ? null : addYears(row.close_date, years);
  const unitPrice = row.close_value ?? input.listPrice ?? "0";
  return {
    ref: row.opportunity_id,
    name: `${row.account ?? "No account"}: ${row.product}`,
    account: row.account,
    owner: row.sales_agent,
    stage: row.deal_stage,
    close_date: closeDate,
    lines: [
      {
        product: row.product,
        quantity: "1",
        unit_price: unitPrice,
        ...(input.listPrice === undefined ? {} : { list_price: input.listPrice }),
        ...(closeDate === null ? {} : { starts_on: closeDate, term_months: termMonths }),
      },
    ],
  };
}
