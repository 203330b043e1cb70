import { connectorFailure } from "@usher/connector-sdk/http";
import { type CallContext, type ErpOrder, isConnectorError } from "@usher/connector-sdk/spec";
import { type HeldSale, toHeldSale } from "./held-sale.ts";
import { makeSale } from "./make-sale.ts";
import { mustAddUp } from "./must-add-up.ts";
import { planSaleStep, type SaleStep } from "./plan-sale-step.ts";
import { toWantedLines } from "./to-wanted-lines.ts";
import type { TrytonClient } from "./tryton-client.ts";
import type { TrytonCompanies } from "./tryton-company.ts";
import type { TrytonConfig } from "./tryton-config.ts";
import type { SaleMark } from "./tryton-marks.ts";
import type { TrytonParties } from "./tryton-parties.ts";
import type { TrytonProducts } from "./tryton-products.ts";
import type { TrytonSales } from "./tryton-sales.ts";

export interface TrytonParts {
  readonly config: TrytonConfig;
  readonly client: TrytonClient;
  readonly companies: TrytonCompanies;
  readonly parties: TrytonParties;
  readonly products: TrytonProducts;
  readonly sales: TrytonSales;
}

/** Far more than an order ever takes: beyond it somebody else keeps changing the same sales. */
const stepsMax = 40;

/** How often somebody else may be faster before the caller is told. */
const overtakenMax = 6;

/**
 * Brings the order's sales to what is wanted, step by step, reading anew before each. Answers with
 * the sales as they stand in the end. Called for one order at a time.
 */
export async function settleOrderSales(input: {
  readonly parts: TrytonParts;
  readonly orderId: string;
  readonly target: SaleMark;
  /** Null: the order is taken back. */
  readonly order: ErpOrder | null;
  readonly reason: string | null;
  readonly context: CallContext;
}): Promise<readonly HeldSale[]> {
  const { parts, orderId, target, order, context } = input;
  const wanted = order === null ? [] : toWantedLines(order);
  let overtaken = 0;
  for (let taken = 0; taken < stepsMax; taken += 1) {
    const held = (await parts.sales.find(orderId, context))
      .map(toHeldSale)
      .filter((sale) => sale !== null);
    if (order !== null) mustBeInCurrency({ held, order });
    const step = planSaleStep({ target, wanted, held });
    if (step.step === "settled") return held.filter((sale) => sale.mark !== null);
    try {
      await takeStep({ ...input, step });
    } catch (error) {
      if (!isOvertaken(error) || overtaken >= overtakenMax) throw error;
      overtaken += 1;
    }
  }
  throw connectorFailure({
    category: "conflict_stale",
    message: `The sales of order ${orderId} did not come to rest after ${stepsMax} steps: somebody else changes them at the same time.`,
  });
}

/** Tryton itself says that the sale is not what was read: what is next is decided on what it is now. */
function isOvertaken(error: unknown): boolean {
  if (!isConnectorError(error)) return false;
  const { category, vendorCode } = error.detail;
  return category === "conflict_stale" && vendorCode !== null;
}

async function takeStep(input: {
  readonly parts: TrytonParts;
  readonly orderId: string;
  readonly target: SaleMark;
  readonly order: ErpOrder | null;
  readonly reason: string | null;
  readonly context: CallContext;
  readonly step: Exclude<SaleStep, { readonly step: "settled" }>;
}): Promise<void> {
  const { parts, orderId, target, order, reason, context, step } = input;
  const { sales } = parts;
  switch (step.step) {
    case "outrun":
      throw connectorFailure({
        category: "conflict_stale",
        message: `Tryton already has revision ${step.by} of order ${orderId}; revision ${target.revision} is older and changes nothing.`,
      });
    case "make": {
      if (order === null) throw new Error("Nothing is made for an order that is taken back.");
      const party = await parts.parties.ensure(order.customer, context);
      const lines = order.lines.filter(({ lineId }) => step.lineIds.includes(lineId));
      return makeSale({ ...parts, order, party, lines, context });
    }
    case "quote":
      if (order !== null) mustAddUp({ sale: step.sale, order });
      return sales.press({ sale: step.sale, button: "quote", orderId }, context);
    case "confirm":
    case "process":
    case "cancel":
      return sales.press({ sale: step.sale, button: step.step, orderId }, context);
    case "back-to-draft":
      return sales.press({ sale: step.sale, button: "draft", orderId }, context);
    case "amend": {
      const { sale, changes } = step;
      return sales.makeAmendment({ sale, mark: target, changes, reason, orderId }, context);
    }
    case "validate-amendment":
      return sales.validateAmendment({ ...step, orderId }, context);
    case "drop-amendment":
      return sales.dropAmendment({ ...step, orderId }, context);
  }
}

/** A sale's currency cannot be changed, and its amounts must not be read in another one. */
function mustBeInCurrency(input: {
  readonly held: readonly HeldSale[];
  readonly order: ErpOrder;
}): void {
  const { held, order } = input;
  const other = held.find((sale) => sale.mark !== null && sale.currency !== order.currency);
  if (other === undefined) return;
  throw connectorFailure({
    category: "validation",
    message: `Sale ${other.number ?? other.id} of order ${order.orderId} is in ${other.currency} in Tryton, and the order is now in ${order.currency}. Set the currency back, or cancel the order and win a new deal.`,
    where: { record: `Sale ${other.number ?? other.id}`, field: "currency" },
  });
}
