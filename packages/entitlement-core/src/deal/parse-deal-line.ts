import type { PublishedCatalog } from "../catalog/catalog.ts";
import type { OfferingVersion } from "../catalog/offering.ts";
import { resolveProduct } from "../catalog/resolve-product.ts";
import type { CurrencyCode } from "../kernel/currency.ts";
import { type Money, parseMoney } from "../kernel/money.ts";
import type { OrderLine } from "../order/order-content.ts";
import type { Deal, DealLine } from "./deal.ts";
import type { DealFault } from "./deal-fault.ts";
import { faultReporter, type ReportFault } from "./line-fault.ts";
import { type DefaultStarts, parseLineTerm } from "./parse-line-term.ts";
import { parseQuantity, quantityMax } from "./parse-quantity.ts";
import { quoteValue, readText } from "./read-text.ts";
import type { DealWords } from "./record-words.ts";

/** What all lines of one deal are read with. */
export interface LineContext {
  readonly system: string;
  readonly currency: CurrencyCode | null;
  readonly catalog: PublishedCatalog;
  readonly defaultStarts: DefaultStarts;
  readonly words: DealWords;
}

/** One line as an order's, or null after every fault of it was put into `faults`. */
export function parseDealLine({
  line,
  index,
  context,
  faults,
}: {
  readonly line: DealLine;
  readonly index: number;
  readonly context: LineContext;
  readonly faults: DealFault[];
}): OrderLine | null {
  const { system, currency, catalog, defaultStarts, words } = context;
  const lineId = readText(line.id);
  const productCode = readText(line.productCode) ?? "";
  const productName = readText(line.productName) ?? "";
  const record = words.line({
    id: lineId ?? `number ${index + 1}`,
    productName: productName === "" ? productCode : productName,
  });
  const report = faultReporter({ faults, record, words, lineId });

  if (lineId === null) {
    report({ code: "missing_lines", field: "lines", says: "the line has no id." });
  }
  const offering = parseProduct({ system, productCode, productName, catalog, words, report });
  const quantity = parseQuantity(readText(line.quantity));
  if (quantity === null) {
    report({
      code: "invalid_quantity",
      field: "quantity",
      says: `the quantity is ${quoteValue(line.quantity)}; expected a whole number from 1 through ${quantityMax}. Correct ${words.fields.quantity}.`,
    });
  } else if (offering !== null) {
    reportHugeAmount({ offering, quantity, words, report });
  }
  const unitPrice = parsePrice({ line, currency, words, report });
  const term = parseLineTerm({
    line,
    offering,
    defaultStarts,
    timeZone: catalog.timeZone,
    words,
    report,
  });
  if (
    lineId === null ||
    offering === null ||
    quantity === null ||
    unitPrice === null ||
    term === null
  ) {
    return null;
  }
  const listPrice =
    offering.listPrices.find((price) => price.currency === unitPrice.currency) ?? null;
  return {
    lineId,
    sku: offering.sku,
    offeringVersionId: offering.id,
    productCode: productCode === "" ? productName : productCode,
    quantity,
    unitPrice,
    listPrice,
    term,
  };
}

// A quantity is sane by itself, and times what each unit grants it may still leave the safe integers.
function reportHugeAmount({
  offering,
  quantity,
  words,
  report,
}: {
  readonly offering: OfferingVersion;
  readonly quantity: number;
  readonly words: DealWords;
  readonly report: ReportFault;
}): void {
  const huge = offering.entitlements.find(
    (one) =>
      (one.kind === "metered" || one.kind === "seat") &&
      one.amount.basis === "per-quantity" &&
      !Number.isSafeInteger(one.amount.amount * quantity),
  );
  if (huge === undefined) return;
  report({
    code: "invalid_quantity",
    field: "quantity",
    says: `a quantity of ${quantity} of ${offering.name} grants more of ${huge.feature} than can be counted (${Number.MAX_SAFE_INTEGER}). Correct ${words.fields.quantity}, or what a unit grants in the catalog.`,
  });
}

function parseProduct({
  system,
  productCode,
  productName,
  catalog,
  words,
  report,
}: {
  readonly system: Deal["system"];
  readonly productCode: string;
  readonly productName: string;
  readonly catalog: PublishedCatalog;
  readonly words: DealWords;
  readonly report: ReportFault;
}): OfferingVersion | null {
  const product = resolveProduct({ catalog, system, productCode, productName });
  if (product.found) return product.offering;
  const { suggestion } = product;
  const code = product.productCode;
  if (code === "") {
    report({
      code: "unknown_product",
      field: "productCode",
      says: `the line names no product. Set ${words.fields.productCode}.`,
    });
    return null;
  }
  const meant = suggestion === null ? "" : ` Did you mean “${suggestion.name}”?`;
  const alias = `${code} → ${suggestion === null ? "its sku" : suggestion.sku}`;
  report({
    code: "unknown_product",
    field: "productCode",
    says: `the product ${quoteValue(code)} is not in the catalog.${meant} Add the alias ${alias} to the catalog, or correct ${words.fields.productCode}.`,
    resolvedBy: { kind: "product-code", productCode: code },
  });
  return null;
}

function parsePrice({
  line,
  currency,
  words,
  report,
}: {
  readonly line: DealLine;
  readonly currency: CurrencyCode | null;
  readonly words: DealWords;
  readonly report: ReportFault;
}): Money | null {
  const own = readText(line.currency);
  if (own !== null && currency !== null && own !== currency) {
    report({
      code: "currency_mismatch",
      field: "currency",
      says: `the line is priced in ${quoteValue(own)} and the deal in ${currency}. Price every line in ${currency}.`,
    });
    return null;
  }
  // Without a usable currency nobody knows how many decimals are too many; that fault is reported
  // once, on the deal.
  if (currency === null) return null;
  const read = parseMoney({ amount: readText(line.unitPrice) ?? "", currency });
  if (read.ok) return read.value;
  report({
    code: "invalid_price",
    field: "unitPrice",
    says: `${lowerFirst(read.reasons[0].sentence)} Correct ${words.fields.unitPrice}.`,
  });
  return null;
}

// A sentence that goes on after a colon; a currency code keeps its capitals.
function lowerFirst(sentence: string): string {
  return sentence.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
}
