import { emitEvent } from "./emit-event.ts";
import type { Params } from "./params.ts";
import { showResource } from "./show-resource.ts";
import type { Caller, StripeAccount } from "./stripe-account.ts";
import { noSuch } from "./stripe-error.ts";
import type { CustomerRow, ResourceKind, ResourceRows } from "./stripe-rows.ts";

/** One API call being carried out, inside a transaction. */
export interface Call {
  readonly account: StripeAccount;
  readonly params: Params;
  /** Values of the `:name` steps of the path. */
  readonly path: Readonly<Record<string, string>>;
  readonly caller: Caller;
}

/** A refusal whose changes are kept, such as a declined payment that counts as an attempt. */
export interface KeptRefusal {
  readonly refusedWith: { readonly status: number; readonly error: Record<string, unknown> };
}

export type CallResult = Record<string, unknown> | KeptRefusal;

/** The names of resources in messages: `No such invoice item: …`. */
const LABELS: Readonly<Record<ResourceKind, string>> = {
  customer: "customer",
  product: "product",
  price: "price",
  subscription: "subscription",
  subscription_schedule: "subscription schedule",
  "checkout.session": "checkout.session",
  invoice: "invoice",
  invoiceitem: "invoice item",
  credit_note: "credit note",
};

/** The resource of that id, or the vendor's refusal: 404 when the path named it, 400 when a parameter did. */
export function find<Kind extends ResourceKind>(
  account: StripeAccount,
  kind: Kind,
  id: string,
  param = "id",
): ResourceRows[Kind] {
  const row = account.tables[kind].get(id) as ResourceRows[Kind] | undefined;
  if (row === undefined || ("isDeleted" in row && row.isDeleted && kind !== "customer")) {
    throw noSuch(LABELS[kind], id, param);
  }
  return row;
}

/** A customer that is not deleted. */
export function findCustomer(account: StripeAccount, id: string, param = "customer"): CustomerRow {
  const customer = find(account, "customer", id, param);
  if (customer.isDeleted) throw noSuch("customer", id, param);
  return customer;
}

/** Stores a resource and announces it. */
export function save<Kind extends ResourceKind>(
  call: Pick<Call, "account" | "caller">,
  input: {
    readonly kind: Kind;
    readonly row: ResourceRows[Kind];
    readonly events: readonly string[];
    /** The state before, for `previous_attributes` of an update. */
    readonly before?: ResourceRows[Kind];
  },
): void {
  const { account, caller } = call;
  const { kind, row, events, before } = input;
  account.store.put(account.tables[kind], row);
  const previous = before === undefined ? undefined : changedAttributes(account, kind, before, row);
  for (const type of events) {
    const isUpdate = type.endsWith(".updated") && previous !== undefined;
    emitEvent(account, { type, kind, row, caller, ...(isUpdate ? { previous } : {}) });
  }
}

function changedAttributes<Kind extends ResourceKind>(
  account: StripeAccount,
  kind: Kind,
  before: ResourceRows[Kind],
  after: ResourceRows[Kind],
): Record<string, unknown> {
  const left = showResource(account, kind, before);
  const right = showResource(account, kind, after);
  const changed: Record<string, unknown> = {};
  for (const key of Object.keys(right)) {
    if (JSON.stringify(left[key]) !== JSON.stringify(right[key])) changed[key] = left[key];
  }
  return changed;
}
