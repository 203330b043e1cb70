import { type Call, type CallResult, find, findCustomer, save } from "./call.ts";
import { createdFilter, listRows } from "./list-rows.ts";
import type { Params } from "./params.ts";
import { showCustomer } from "./show-customer.ts";
import { PAYMENT_METHODS } from "./stripe-account.ts";
import { invalidRequest, noSuch } from "./stripe-error.ts";
import type { AddressRow, CustomerRow } from "./stripe-rows.ts";

export function createCustomer(call: Call): CallResult {
  const { account, params } = call;
  const { id, sequence } = account.newId("cus");
  const { defaultPayment } = account.settings();
  const blank: CustomerRow = {
    id,
    sequence,
    created: account.nowSeconds(),
    name: null,
    email: null,
    phone: null,
    description: null,
    address: null,
    metadata: {},
    currency: null,
    balance: 0,
    taxExempt: "none",
    preferredLocales: [],
    defaultPaymentMethod: defaultPayment === "none" ? null : PAYMENT_METHODS[defaultPayment],
    invoicePrefix: id.slice(-8).toUpperCase(),
    nextInvoiceSequence: 1,
    isDelinquent: false,
    isDeleted: false,
  };
  const row = withParams(blank, params);
  params.finish();
  save(call, { kind: "customer", row, events: ["customer.created"] });
  return showCustomer(row);
}

export function updateCustomer(call: Call): CallResult {
  const { account, params, path } = call;
  const before = findCustomer(account, path["id"] ?? "", "id");
  const row = withParams(before, params);
  params.finish();
  save(call, { kind: "customer", row, before, events: ["customer.updated"] });
  return showCustomer(row);
}

export function retrieveCustomer({ account, params, path }: Call): CallResult {
  params.finish();
  return showCustomer(find(account, "customer", path["id"] ?? ""));
}

/** Gone for new business; its subscriptions end at once. */
export function deleteCustomer(call: Call): CallResult {
  const { account, params, path } = call;
  params.finish();
  const before = findCustomer(account, path["id"] ?? "", "id");
  const now = account.nowSeconds();
  for (const subscription of account.tables.subscription.where("customer", before.id)) {
    if (subscription.status === "canceled" || subscription.status === "incomplete_expired")
      continue;
    const row = { ...subscription, status: "canceled" as const, canceledAt: now, endedAt: now };
    save(call, { kind: "subscription", row, events: ["customer.subscription.deleted"] });
  }
  const row = { ...before, isDeleted: true };
  save(call, { kind: "customer", row, events: ["customer.deleted"] });
  return showCustomer(row);
}

export function listCustomers({ account, params }: Call): CallResult {
  const email = params.text("email");
  const isCreatedThen = createdFilter(params);
  const page = listRows({
    table: account.tables.customer,
    params,
    url: "/v1/customers",
    label: "customer",
    narrow: email === undefined ? undefined : { index: "email", value: email },
    keep: (row) => !row.isDeleted && isCreatedThen(row),
    show: showCustomer,
  });
  params.finish();
  return page;
}

function withParams(before: CustomerRow, params: Params): CustomerRow {
  const settings = params.object("invoice_settings");
  const paymentMethod =
    settings?.textOrUnset("default_payment_method") ?? params.text("payment_method");
  const address = readAddress(params);
  return {
    ...before,
    name: or(params.textOrUnset("name"), before.name),
    email: or(params.textOrUnset("email"), before.email),
    phone: or(params.textOrUnset("phone"), before.phone),
    description: or(params.textOrUnset("description"), before.description),
    address: address === undefined ? before.address : address,
    metadata: params.metadata(before.metadata),
    balance: params.integer("balance") ?? before.balance,
    taxExempt: params.oneOf("tax_exempt", ["none", "exempt", "reverse"]) ?? before.taxExempt,
    preferredLocales: params.texts("preferred_locales") ?? before.preferredLocales,
    defaultPaymentMethod:
      paymentMethod === undefined ? before.defaultPaymentMethod : checkPaymentMethod(paymentMethod),
    invoicePrefix: params.text("invoice_prefix") ?? before.invoicePrefix,
  };
}

/** The test account knows the two payment methods of its settings and no others. */
export function checkPaymentMethod(id: string): string {
  if (Object.values(PAYMENT_METHODS).some((one) => one === id)) return id;
  throw noSuch("PaymentMethod", id, "payment_method");
}

function readAddress(params: Params): AddressRow | null | undefined {
  if (!params.has("address")) return undefined;
  const given = params.object("address");
  if (given === undefined) return null;
  const address = {
    city: given.text("city") ?? null,
    country: given.text("country") ?? null,
    line1: given.text("line1") ?? null,
    line2: given.text("line2") ?? null,
    postal_code: given.text("postal_code") ?? null,
    state: given.text("state") ?? null,
  };
  if (address.country !== null && !/^[A-Za-z]{2}$/.test(address.country)) {
    throw invalidRequest(
      `Country '${address.country}' is unknown. Try using a 2-character alphanumeric country code instead, such as 'US', 'EG', or 'GB'. A full list of country codes is available at http://www.nationsonline.org/oneworld/country_code_list.htm`,
      { param: "address[country]" },
    );
  }
  return address;
}

function or<T>(given: T | undefined, otherwise: T): T {
  return given === undefined ? otherwise : given;
}
