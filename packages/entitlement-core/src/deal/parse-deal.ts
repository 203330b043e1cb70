import type { PublishedCatalog } from "../catalog/catalog.ts";
import { parseCountry } from "../kernel/country.ts";
import { type CurrencyCode, parseCurrency } from "../kernel/currency.ts";
import { type CalendarDate, parseCalendarDate } from "../kernel/instant.ts";
import { formatMoney } from "../kernel/money.ts";
import { isNonEmpty } from "../kernel/outcome.ts";
import type { OrderContent, OrderCustomer, OrderKind, OrderLine } from "../order/order-content.ts";
import type { Deal, DealPerson } from "./deal.ts";
import type { DealFault } from "./deal-fault.ts";
import { faultReporter, type ReportFault } from "./line-fault.ts";
import { parseDealLine } from "./parse-deal-line.ts";
import { quoteValue, readText } from "./read-text.ts";
import { type DealWords, dealWords } from "./record-words.ts";

export type ParsedDeal =
  | { readonly ok: true; readonly content: OrderContent }
  | { readonly ok: false; readonly faults: readonly [DealFault, ...DealFault[]] };

const kinds: readonly OrderKind[] = ["new", "amend", "renew", "cancel"];

/**
 * What a won deal means, or everything that is wrong with it at once, in sentences that name the
 * record and the field in the words of the deal's own system. Nothing is rounded, converted or
 * guessed. Never throws, whatever a connector passed on.
 */
export function parseDeal({
  deal,
  catalog,
  receivedOn = null,
}: {
  readonly deal: Deal;
  readonly catalog: PublishedCatalog;
  /**
   * The day on which the hub first took this deal, the same for all its revisions: an offering's
   * default term may start on it. Were it the day of each reading, every re-read would be a new revision.
   */
  readonly receivedOn?: CalendarDate | null;
}): ParsedDeal {
  const faults: DealFault[] = [];
  const system = readText(deal.system) ?? "";
  const words = dealWords(system);
  const id = readText(deal.id) ?? "";
  const dealName = readText(deal.name) ?? id;
  const record = words.deal({ name: dealName, id });
  const report = faultReporter({ faults, record, words, lineId: null });

  if (system === "" || id === "") {
    report({ code: "invalid_request", field: "stage", says: "the deal names no system or no id." });
  }
  if (deal.isWon !== true) {
    report({
      code: "deal_reopened",
      field: "stage",
      says: `the deal is not won (any more). Set ${words.fields.stage} to a won stage to go on, or cancel the order.`,
    });
  }
  const kind = kinds.find((one) => one === deal.kind);
  if (kind === undefined) {
    report({
      code: "invalid_request",
      field: "kind",
      says: `the kind is ${quoteValue(deal.kind)}; expected one of ${kinds.join(", ")}.`,
    });
  }
  if (kind === "cancel") {
    // It would be billed like any other and grant nothing: what it takes back is another order's.
    report({
      code: "deal_cancels",
      field: "kind",
      says: `the deal is a cancelation, and a deal cannot take back what another one granted. Cancel the order that it is about, which ends its rights and takes back its bills; then cancel this one too, or correct ${words.fields.kind}.`,
    });
  }
  const customer = parseCustomer({ deal, words, faults, report });
  const currency = parseDealCurrency({ deal, words, report });
  const lines = parseLines({ deal, currency, catalog, receivedOn, words, faults, report });

  if (
    !isNonEmpty(faults) &&
    customer !== null &&
    currency !== null &&
    kind !== undefined &&
    isNonEmpty(lines)
  ) {
    return {
      ok: true,
      content: {
        kind,
        source: { system, id },
        dealName,
        customer,
        currency,
        owner: parsePerson(deal.owner),
        lines,
      },
    };
  }
  if (isNonEmpty(faults)) return { ok: false, faults };
  throw new Error("parseDeal found neither content nor a fault.");
}

function parseCustomer({
  deal,
  words,
  faults,
  report,
}: {
  readonly deal: Deal;
  readonly words: DealWords;
  readonly faults: DealFault[];
  readonly report: ReportFault;
}): OrderCustomer | null {
  const externalId = readText(deal.account?.id);
  if (deal.account === null || deal.account === undefined || externalId === null) {
    report({
      code: "missing_account",
      field: "account",
      says: `the deal has no account, so nobody can be given access. Set ${words.fields.account}.`,
    });
    return null;
  }
  const name = readText(deal.account.name) ?? externalId;
  const country = readText(deal.account.country);
  if (country !== null && parseCountry(country) === null) {
    const record = words.account({ name, id: externalId });
    faultReporter({ faults, record, words, lineId: null })({
      code: "invalid_country",
      field: "country",
      says: `the country is ${quoteValue(country)}; expected a code of ISO 3166-1, such as DE. Correct ${words.fields.country}, or empty it.`,
    });
  }
  return { externalId, name, country };
}

function parseDealCurrency({
  deal,
  words,
  report,
}: {
  readonly deal: Deal;
  readonly words: DealWords;
  readonly report: ReportFault;
}): CurrencyCode | null {
  const text = readText(deal.currency);
  const currency = text === null ? null : parseCurrency(text);
  if (currency === null) {
    report({
      code: "missing_currency",
      field: "currency",
      says: `the currency is ${quoteValue(text)}; expected a code of ISO 4217, such as USD. Set ${words.fields.currency}.`,
    });
  }
  return currency;
}

function parseLines({
  deal,
  currency,
  catalog,
  receivedOn,
  words,
  faults,
  report,
}: {
  readonly deal: Deal;
  readonly currency: CurrencyCode | null;
  readonly catalog: PublishedCatalog;
  readonly receivedOn: CalendarDate | null;
  readonly words: DealWords;
  readonly faults: DealFault[];
  readonly report: ReportFault;
}): readonly OrderLine[] {
  const dealLines = (Array.isArray(deal.lines) ? deal.lines : []).filter(isObject);
  if (dealLines.length === 0) {
    report({
      code: "missing_lines",
      field: "lines",
      says: "the deal has no lines, so there is nothing to grant. Add the products that were sold.",
    });
  }
  const closedOn = parseCalendarDate(readText(deal.closedOn) ?? "");
  const context = {
    system: readText(deal.system) ?? "",
    currency,
    catalog,
    defaultStarts: { closedOn: closedOn.ok ? closedOn.value : null, receivedOn },
    words,
  };
  const seen = new Set<string>();
  const lines: OrderLine[] = [];
  for (const [index, line] of dealLines.entries()) {
    const lineId = readText(line.id);
    if (lineId !== null && seen.has(lineId)) {
      report({
        code: "duplicate_line",
        field: "lines",
        says: `two lines carry the id ${quoteValue(lineId)}. Remove one of them.`,
      });
    }
    if (lineId !== null) seen.add(lineId);
    const parsed = parseDealLine({ line, index, context, faults });
    if (parsed !== null) lines.push(parsed);
  }
  reportHugeTotal({ lines, words, report });
  return lines;
}

// Each price and quantity is sane by itself, and together they may still leave the safe integers.
function reportHugeTotal({
  lines,
  words,
  report,
}: {
  readonly lines: readonly OrderLine[];
  readonly words: DealWords;
  readonly report: ReportFault;
}): void {
  const total = lines.reduce(
    (sum, { unitPrice, quantity }) => sum + BigInt(unitPrice.minor) * BigInt(quantity),
    0n,
  );
  const [first] = lines;
  if (first === undefined || total <= BigInt(Number.MAX_SAFE_INTEGER)) return;
  const most = formatMoney({ minor: Number.MAX_SAFE_INTEGER, currency: first.unitPrice.currency });
  report({
    code: "invalid_price",
    field: "unitPrice",
    says: `the lines add up to more than ${most}. Correct ${words.fields.unitPrice} or ${words.fields.quantity}.`,
  });
}

function parsePerson(person: DealPerson | null | undefined): DealPerson | null {
  const email = readText(person?.email);
  return email === null ? null : { email, name: readText(person?.name) ?? email };
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
