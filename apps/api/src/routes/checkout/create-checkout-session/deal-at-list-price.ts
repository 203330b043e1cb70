import type { CreateCheckoutSession, ProblemItem } from "@usher/api-contract";
import type { Offering, PublishedCatalog } from "@usher/entitlement-core/catalog";
import type { Deal } from "@usher/entitlement-core/deal";
import { addMonths, type CalendarDate, moneyToDecimal } from "@usher/entitlement-core/kernel";

/** What an order says it comes from when its customer bought it on a page. */
const checkoutSystem = "checkout";

export type ListPriceReading =
  | { readonly ok: true; readonly deal: Deal }
  | { readonly ok: false; readonly faults: readonly [ProblemItem, ...ProblemItem[]] };

/**
 * What is asked for as a deal at the catalog's list prices, or everything that keeps it from having
 * them, each at its place in the request. A list price holds for the offering's own term, so a term
 * of another length has none.
 */
export function dealAtListPrice({
  body,
  catalog,
  sessionId,
  today,
}: {
  readonly body: CreateCheckoutSession;
  readonly catalog: PublishedCatalog;
  readonly sessionId: string;
  /** In the seller's time zone. */
  readonly today: CalendarDate;
}): ListPriceReading {
  const faults: ProblemItem[] = [];
  const lines = body.lines.map(({ sku, quantity, term }, index) => {
    const report: Report = (field, code, detail, fix) => {
      faults.push({ pointer: `/lines/${index}/${field}`, code, detail, fix });
    };
    const offering = catalog.offerings.find((one) => one.sku === sku);
    const price = offering?.listPrices.find((one) => one.currency === body.currency);
    if (offering === undefined) {
      report(
        "sku",
        "unknown_product",
        `the catalog sells no “${sku}”`,
        "Send a sku of GET /v1/catalog.",
      );
    } else if (price === undefined) {
      const sold = offering.listPrices.map((one) => one.currency).join(", ") || "none";
      report(
        "sku",
        "no_list_price",
        `“${sku}” has no list price in ${body.currency}`,
        `Send a currency it is sold in: ${sold}.`,
      );
    } else {
      reportTerm({ offering, months: term.months, report });
    }
    const startsOn = (term.starts_on ?? today) as CalendarDate;
    const months = term.months ?? offering?.defaultTerm?.months ?? null;
    if (months !== null) reportWhatCannotBeGranted({ startsOn, months, today, report });
    return {
      id: String(index + 1),
      productCode: sku,
      productName: offering?.name ?? sku,
      quantity: String(quantity),
      unitPrice: price === undefined ? "0" : moneyToDecimal(price),
      currency: null,
      startsOn,
      months,
      endsOn: null,
    };
  });
  const [first, ...rest] = faults;
  if (first !== undefined) return { ok: false, faults: [first, ...rest] };
  const { external_id, name, country = null } = body.customer;
  return {
    ok: true,
    deal: {
      system: checkoutSystem,
      id: sessionId,
      version: "1",
      name: body.name ?? `Checkout of ${name}`,
      isWon: true,
      kind: "new",
      currency: body.currency,
      account: { id: external_id, name, country },
      // Nobody sold it: the customer bought it.
      owner: null,
      lastEditor: null,
      lines,
    },
  };
}

type Report = (field: string, code: string, detail: string, fix: string) => void;

/** A license token reaches a year ahead: a right that it cannot carry could be paid for, and not given. */
const monthsAheadMax = 12;

function reportWhatCannotBeGranted({
  startsOn,
  months,
  today,
  report,
}: {
  readonly startsOn: CalendarDate;
  readonly months: number;
  readonly today: CalendarDate;
  readonly report: Report;
}): void {
  const end = addMonths(startsOn, months);
  if (end <= today) {
    report(
      "term/starts_on",
      "invalid_term",
      `the term from ${startsOn} over ${months} months is over already`,
      `Send a day from ${today} on, or leave it out.`,
    );
  }
  const latest = addMonths(today, monthsAheadMax);
  if (startsOn > latest) {
    report(
      "term/starts_on",
      "invalid_term",
      `the term starts on ${startsOn}, more than ${monthsAheadMax} months ahead`,
      `Send a day up to ${latest}, or sell it as an order.`,
    );
  }
}

function reportTerm({
  offering,
  months,
  report,
}: {
  readonly offering: Offering;
  readonly months: number | undefined;
  readonly report: Report;
}): void {
  const own = offering.defaultTerm?.months;
  if (own === undefined && months === undefined) {
    report(
      "term/months",
      "missing_term",
      `“${offering.sku}” has no default term`,
      "Send how many months are sold.",
    );
  }
  if (own !== undefined && months !== undefined && own !== months) {
    report(
      "term/months",
      "invalid_term",
      `the list price of “${offering.sku}” is for ${own} months, not ${months}`,
      `Leave the months out, or send ${own}.`,
    );
  }
}
