import type { Call, CallResult } from "./call.ts";
import {
  createCheckoutSession,
  expireCheckoutSession,
  listCheckoutSessions,
  retrieveCheckoutSession,
} from "./checkout-calls.ts";
import { createCreditNote, listCreditNotes, retrieveCreditNote } from "./credit-note-calls.ts";
import {
  createCustomer,
  deleteCustomer,
  listCustomers,
  retrieveCustomer,
  updateCustomer,
} from "./customer-calls.ts";
import { listEvents, retrieveEvent } from "./event-calls.ts";
import {
  attachFeature,
  createFeature,
  detachFeature,
  listFeatures,
  listProductFeatures,
  retrieveFeature,
  updateFeature,
} from "./feature-calls.ts";
import {
  addInvoiceLines,
  createInvoice,
  deleteInvoice,
  finalizeInvoiceCall,
  listInvoiceLines,
  listInvoices,
  markUncollectible,
  payInvoiceCall,
  retrieveInvoice,
  sendInvoice,
  updateInvoice,
  voidInvoiceCall,
} from "./invoice-calls.ts";
import {
  createInvoiceItem,
  deleteInvoiceItem,
  listInvoiceItems,
  retrieveInvoiceItem,
} from "./invoice-item-calls.ts";
import { createPrice, listPrices, retrievePrice, updatePrice } from "./price-calls.ts";
import { createProduct, listProducts, retrieveProduct, updateProduct } from "./product-calls.ts";
import { searchCall } from "./search-calls.ts";
import {
  cancelSubscription,
  createSubscription,
  listSubscriptions,
  retrieveSubscription,
  updateSubscription,
} from "./subscription-calls.ts";
import {
  cancelSubscriptionSchedule,
  createSubscriptionSchedule,
  listSubscriptionSchedules,
  releaseSubscriptionSchedule,
  retrieveSubscriptionSchedule,
  updateSubscriptionSchedule,
} from "./subscription-schedule-calls.ts";
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  listWebhookEndpoints,
  retrieveWebhookEndpoint,
  updateWebhookEndpoint,
} from "./webhook-endpoint-calls.ts";

export interface StripeOperation {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  /** Name for faults and the traffic log. */
  readonly name: string;
  run(call: Call): CallResult;
}

/** Every call this stand-in knows; anything else is Stripe's "Unrecognized request URL". */
export const STRIPE_OPERATIONS: readonly StripeOperation[] = [
  ...resource("customers", {
    create: createCustomer,
    update: updateCustomer,
    retrieve: retrieveCustomer,
    list: listCustomers,
    delete: deleteCustomer,
    search: searchCall("customer"),
  }),
  ...resource("products", {
    create: createProduct,
    update: updateProduct,
    retrieve: retrieveProduct,
    list: listProducts,
    search: searchCall("product"),
  }),
  {
    method: "POST",
    path: "/v1/products/:id/features",
    name: "products.attach_feature",
    run: attachFeature,
  },
  {
    method: "GET",
    path: "/v1/products/:id/features",
    name: "products.list_features",
    run: listProductFeatures,
  },
  {
    method: "DELETE",
    path: "/v1/products/:id/features/:feature",
    name: "products.detach_feature",
    run: detachFeature,
  },
  ...resource("entitlements/features", {
    create: createFeature,
    update: updateFeature,
    retrieve: retrieveFeature,
    list: listFeatures,
  }),
  ...resource("prices", {
    create: createPrice,
    update: updatePrice,
    retrieve: retrievePrice,
    list: listPrices,
    search: searchCall("price"),
  }),
  ...resource("subscriptions", {
    create: createSubscription,
    update: updateSubscription,
    retrieve: retrieveSubscription,
    list: listSubscriptions,
    delete: cancelSubscription,
    search: searchCall("subscription"),
  }),
  ...resource("subscription_schedules", {
    create: createSubscriptionSchedule,
    update: updateSubscriptionSchedule,
    retrieve: retrieveSubscriptionSchedule,
    list: listSubscriptionSchedules,
  }),
  {
    method: "POST",
    path: "/v1/subscription_schedules/:id/cancel",
    name: "subscription_schedules.cancel",
    run: cancelSubscriptionSchedule,
  },
  {
    method: "POST",
    path: "/v1/subscription_schedules/:id/release",
    name: "subscription_schedules.release",
    run: releaseSubscriptionSchedule,
  },
  ...resource("checkout/sessions", {
    create: createCheckoutSession,
    retrieve: retrieveCheckoutSession,
    list: listCheckoutSessions,
  }),
  {
    method: "POST",
    path: "/v1/checkout/sessions/:id/expire",
    name: "checkout/sessions.expire",
    run: expireCheckoutSession,
  },
  ...resource("invoices", {
    create: createInvoice,
    update: updateInvoice,
    retrieve: retrieveInvoice,
    list: listInvoices,
    delete: deleteInvoice,
    search: searchCall("invoice"),
  }),
  {
    method: "GET",
    path: "/v1/invoices/:id/lines",
    name: "invoices.list_lines",
    run: listInvoiceLines,
  },
  {
    method: "POST",
    path: "/v1/invoices/:id/add_lines",
    name: "invoices.add_lines",
    run: addInvoiceLines,
  },
  {
    method: "POST",
    path: "/v1/invoices/:id/finalize",
    name: "invoices.finalize",
    run: finalizeInvoiceCall,
  },
  { method: "POST", path: "/v1/invoices/:id/pay", name: "invoices.pay", run: payInvoiceCall },
  { method: "POST", path: "/v1/invoices/:id/void", name: "invoices.void", run: voidInvoiceCall },
  { method: "POST", path: "/v1/invoices/:id/send", name: "invoices.send", run: sendInvoice },
  {
    method: "POST",
    path: "/v1/invoices/:id/mark_uncollectible",
    name: "invoices.mark_uncollectible",
    run: markUncollectible,
  },
  ...resource("invoiceitems", {
    create: createInvoiceItem,
    retrieve: retrieveInvoiceItem,
    list: listInvoiceItems,
    delete: deleteInvoiceItem,
  }),
  ...resource("credit_notes", {
    create: createCreditNote,
    retrieve: retrieveCreditNote,
    list: listCreditNotes,
  }),
  ...resource("events", { retrieve: retrieveEvent, list: listEvents }),
  ...resource("webhook_endpoints", {
    create: createWebhookEndpoint,
    update: updateWebhookEndpoint,
    retrieve: retrieveWebhookEndpoint,
    list: listWebhookEndpoints,
    delete: deleteWebhookEndpoint,
  }),
];

type Verb = "create" | "update" | "retrieve" | "list" | "delete" | "search";

function resource(
  name: string,
  runs: Readonly<Partial<Record<Verb, (call: Call) => CallResult>>>,
): StripeOperation[] {
  const shapes: Readonly<Record<Verb, { method: StripeOperation["method"]; path: string }>> = {
    // Search stands before retrieve: its path would fit `:id` too.
    search: { method: "GET", path: `/v1/${name}/search` },
    create: { method: "POST", path: `/v1/${name}` },
    update: { method: "POST", path: `/v1/${name}/:id` },
    retrieve: { method: "GET", path: `/v1/${name}/:id` },
    list: { method: "GET", path: `/v1/${name}` },
    delete: { method: "DELETE", path: `/v1/${name}/:id` },
  };
  return (Object.keys(shapes) as Verb[]).flatMap((verb) => {
    const run = runs[verb];
    return run === undefined ? [] : [{ ...shapes[verb], name: `${name}.${verb}`, run }];
  });
}
