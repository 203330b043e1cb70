import type { Hono } from "hono";
import type { NodeEnv } from "../http-answer.ts";
import type { SimulatorParts } from "../simulator-parts.ts";
import { find, save } from "../stripe/call.ts";
import type { CheckoutSessionRow } from "../stripe/checkout-rows.ts";
import { completeCheckout } from "../stripe/complete-checkout.ts";
import { finalizeInvoice, voidInvoice } from "../stripe/finalize-invoice.ts";
import { failPayment, markPaid } from "../stripe/settle-invoice.ts";
import { showCheckoutSession } from "../stripe/show-checkout-session.ts";
import { showCustomer } from "../stripe/show-customer.ts";
import { showInvoice } from "../stripe/show-invoice.ts";
import { showSubscription } from "../stripe/show-subscription.ts";
import { NOBODY, PAYMENT_METHODS, type StripeAccount } from "../stripe/stripe-account.ts";
import type { InvoiceRow } from "../stripe/stripe-rows.ts";
import { endSubscription } from "../stripe/subscription-billing.ts";
import { ControlError } from "./control-error.ts";
import {
  accountSettingsInput,
  checkoutOutcomeInput,
  paymentOutcomeInput,
} from "./control-input.ts";
import { numberOf, readJson, withoutUndefined } from "./control-request.ts";
import { summarizeBilling } from "./state-summary.ts";

/** `/control/stripe/*`: what customers and people in the dashboard do, and how the account is set up. */
export function addBillingRoutes(app: Hono<NodeEnv>, parts: SimulatorParts): void {
  const { account } = parts;

  app.get("/control/stripe/customers", (context) => {
    const rows = [...account.tables.customer.descending()].filter((row) => !row.isDeleted);
    return context.json({
      data: rows.slice(0, numberOf(context, "limit", 100)).map(showCustomer),
      total: rows.length,
    });
  });
  app.get("/control/stripe/subscriptions", (context) => {
    const customer = context.req.query("customer");
    const rows = [...account.tables.subscription.descending()].filter(
      (row) => customer === undefined || row.customer === customer,
    );
    return context.json({
      data: rows
        .slice(0, numberOf(context, "limit", 100))
        .map((row) => showSubscription(account, row)),
      total: rows.length,
      by_product: summarizeBilling(account).subscriptions_by_product,
    });
  });
  app.get("/control/stripe/invoices", (context) => {
    const customer = context.req.query("customer");
    const status = context.req.query("status");
    const rows = [...account.tables.invoice.descending()].filter(
      (row) =>
        !row.isDeleted &&
        (customer === undefined || row.customer === customer) &&
        (status === undefined || row.status === status),
    );
    const { invoices_by_product, paid_by_product } = summarizeBilling(account);
    return context.json({
      data: rows.slice(0, numberOf(context, "limit", 100)).map(showInvoice),
      total: rows.length,
      by_product: invoices_by_product,
      paid_by_product,
    });
  });

  app.post("/control/stripe/invoices/:id/pay", (context) =>
    context.json(showInvoice(payByCustomer(account, context.req.param("id")))),
  );
  app.post("/control/stripe/invoices/:id/fail", (context) =>
    context.json(showInvoice(declineByCustomer(account, context.req.param("id")))),
  );
  app.post("/control/stripe/invoices/:id/void", (context) => {
    const step = { account, caller: NOBODY };
    const row = account.store.transact(() =>
      voidInvoice(step, find(account, "invoice", context.req.param("id"))),
    );
    return context.json(showInvoice(row));
  });
  app.post("/control/stripe/subscriptions/:id/cancel", (context) => {
    const row = find(account, "subscription", context.req.param("id"));
    if (row.status === "canceled")
      throw new ControlError(409, `Subscription ${row.id} is canceled already.`);
    const cancellation = {
      comment: null,
      feedback: null,
      reason: "cancellation_requested" as const,
    };
    const ended = account.store.transact(() =>
      endSubscription({ account, caller: NOBODY }, row, cancellation),
    );
    return context.json(showSubscription(account, ended));
  });
  app.post("/control/stripe/checkout_sessions/:id/complete", async (context) => {
    const { outcome } = await readJson(context, checkoutOutcomeInput);
    const row = completeByCustomer(account, context.req.param("id"), outcome);
    return context.json(showCheckoutSession(account, row));
  });
  app.post("/control/stripe/customers/:id/payment_method", async (context) => {
    const { outcome } = await readJson(context, paymentOutcomeInput);
    const before = find(account, "customer", context.req.param("id"));
    const row = {
      ...before,
      defaultPaymentMethod: outcome === "none" ? null : PAYMENT_METHODS[outcome],
    };
    account.store.transact(() =>
      save(
        { account, caller: NOBODY },
        { kind: "customer", row, before, events: ["customer.updated"] },
      ),
    );
    return context.json(showCustomer(row));
  });

  app.get("/control/stripe/settings", (context) => context.json(showSettings(account)));
  app.patch("/control/stripe/settings", async (context) => {
    const given = await readJson(context, accountSettingsInput);
    const change = {
      defaultPayment: given.default_payment,
      autoFinalizeAfterMs: given.auto_finalize_after_ms,
      searchLagMs: given.search_lag_ms,
      thinEvents: given.thin_events,
      secretKey: given.secret_key,
      oldSecretKey: given.old_secret_key,
    };
    account.changeSettings(withoutUndefined(change));
    return context.json(showSettings(account));
  });
}

/** The customer pays an open invoice; a draft is finalized first. */
export function payByCustomer(account: StripeAccount, id: string): InvoiceRow {
  const step = { account, caller: NOBODY };
  return account.store.transact(() => {
    const open = openInvoice(account, id);
    return open.status === "paid" ? open : markPaid(step, open, { isOutOfBand: false });
  });
}

/** The customer tries to pay and is declined. */
export function declineByCustomer(account: StripeAccount, id: string): InvoiceRow {
  return account.store.transact(() =>
    failPayment({ account, caller: NOBODY }, openInvoice(account, id)),
  );
}

/** The customer goes through a checkout page. */
export function completeByCustomer(
  account: StripeAccount,
  id: string,
  outcome: Parameters<typeof completeCheckout>[2],
): CheckoutSessionRow {
  return account.store.transact(() =>
    completeCheckout({ account, caller: NOBODY }, find(account, "checkout.session", id), outcome),
  );
}

function openInvoice(account: StripeAccount, id: string): InvoiceRow {
  const row = find(account, "invoice", id);
  if (row.status === "draft") return finalizeInvoice({ account, caller: NOBODY }, row);
  if (row.status === "open") return row;
  throw new ControlError(
    409,
    `Invoice ${id} is ${row.status}: only a draft or open one can be paid or fail.`,
  );
}

function showSettings(account: StripeAccount) {
  const settings = account.settings();
  return {
    secret_key: settings.secretKey,
    default_payment: settings.defaultPayment,
    auto_finalize_after_ms: settings.autoFinalizeAfterMs,
    search_lag_ms: settings.searchLagMs,
  };
}
