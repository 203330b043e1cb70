import { showResource } from "./show-resource.ts";
import type { StripeAccount } from "./stripe-account.ts";
import { invalidRequest } from "./stripe-error.ts";
import type { ResourceKind, ResourceRows } from "./stripe-rows.ts";

const DEPTH_MAX = 4;
const KIND_OF_PREFIX: Readonly<Record<string, ResourceKind>> = {
  cus: "customer",
  prod: "product",
  price: "price",
  sub: "subscription",
  cs: "checkout.session",
  in: "invoice",
  ii: "invoiceitem",
  cn: "credit_note",
};
/** Names under which an id of that kind stands. Products may have ids of any form. */
const KIND_OF_FIELD: Readonly<Record<string, ResourceKind>> = {
  customer: "customer",
  product: "product",
  default_price: "price",
  price: "price",
  subscription: "subscription",
  schedule: "subscription_schedule",
  invoice: "invoice",
  latest_invoice: "invoice",
};

/**
 * Replaces ids by the objects they name: `expand[]=latest_invoice`, `data.customer`,
 * `items.data.price.product`. Changes `body`, which nobody else holds.
 * @see https://docs.stripe.com/api/expanding_objects
 */
export function expandBody(
  account: StripeAccount,
  body: Record<string, unknown>,
  paths: readonly string[],
): void {
  for (const path of paths) {
    const steps = path.split(".");
    if (steps.filter((step) => step !== "data").length > DEPTH_MAX) {
      throw invalidRequest(
        `You cannot expand more than ${DEPTH_MAX} levels of a property (${path}).`,
        { param: "expand" },
      );
    }
    expandAt(account, body, steps, path);
  }
}

function expandAt(
  account: StripeAccount,
  node: unknown,
  steps: readonly string[],
  path: string,
): void {
  const [step, ...rest] = steps;
  if (step === undefined || node === null || node === undefined) return;
  if (Array.isArray(node)) {
    for (const item of node) expandAt(account, item, steps, path);
    return;
  }
  if (typeof node !== "object" || !(step in node)) {
    throw invalidRequest(`This property cannot be expanded (${path}).`, { param: "expand" });
  }
  const holder = node as Record<string, unknown>;
  const value = holder[step];
  if (typeof value === "string") holder[step] = lookUp(account, step, value, path);
  expandAt(account, holder[step], rest, path);
}

function lookUp(account: StripeAccount, field: string, id: string, path: string): unknown {
  const kind = KIND_OF_FIELD[field] ?? KIND_OF_PREFIX[id.split("_")[0] ?? ""];
  const row =
    kind === undefined
      ? undefined
      : (account.tables[kind].get(id) as ResourceRows[ResourceKind] | undefined);
  if (kind === undefined || row === undefined) {
    throw invalidRequest(`This property cannot be expanded (${path}).`, { param: "expand" });
  }
  return showResource(account, kind, row);
}
