import { html } from "hono/html";
import type { SimulatorParts } from "../../simulator-parts.ts";
import { amountDue } from "../../stripe/invoice-amounts.ts";
import type { InvoiceRow } from "../../stripe/stripe-rows.ts";
import type { ProductSum } from "../product-sums.ts";
import { summarizeState } from "../state-summary.ts";
import { amountText } from "./amount-text.ts";
import { actionButton, type Markup, statusTag } from "./page-frame.ts";

const SHOWN = 25;

/** What the billing system holds: sums per product, invoices to pay or fail. */
export function billingPage(parts: SimulatorParts): Markup {
  const { account } = parts;
  const { stripe, salesforce, hubspot } = summarizeState(parts);
  const invoices = [...account.tables.invoice.descending()]
    .filter((row) => !row.isDeleted)
    .slice(0, SHOWN);
  const total = Object.values(stripe.counts.subscriptions).reduce((sum, one) => sum + one, 0);
  return html`<section>
<h2>Stripe account</h2>
<div class="figures"><div><b>${stripe.counts.customers}</b>customers</div><div><b>${total}</b>subscriptions</div>${Object.entries(stripe.counts.invoices).map(([status, count]) => html`<div><b>${count}</b>${status} invoices</div>`)}<div><b>${stripe.counts.events}</b>events</div><div><b>${stripe.pending_webhooks}</b>webhooks under way</div></div>
</section>
<div class="two"><section>
<h2>Invoices</h2>
${invoices.length === 0 ? html`<p class="empty">No invoice yet.</p>` : html`<div class="scroll"><table><thead><tr><th>Invoice</th><th>Customer</th><th class="num">Due</th><th>Status</th><th>Do</th></tr></thead><tbody>${invoices.map(invoiceRow)}</tbody></table></div>`}
</section>
<section>
<h2>Sums per product</h2>
<h3>Won in Salesforce</h3>${sums(salesforce.won_by_product)}
<h3>Won in HubSpot</h3>${sums(hubspot.won_by_product)}
<h3>Subscriptions, one period</h3>${sums(stripe.subscriptions_by_product)}
<h3>Invoices that stand</h3>${sums(stripe.invoices_by_product)}
</section></div>`;
}

function invoiceRow(row: InvoiceRow): Markup {
  const canBePaid = row.status === "draft" || row.status === "open";
  return html`<tr>
<td>${row.number ?? "draft"}<br><span class="dim mono">${row.id}</span></td>
<td>${row.customerName ?? row.customer}</td>
<td class="num">${amountText(amountDue(row), row.currency)}</td>
<td>${statusTag(row.status)}${row.attemptCount > 0 && row.status === "open" ? html`<br><span class="dim">${row.attemptCount} failed</span>` : ""}</td>
<td><div class="actions">${canBePaid ? html`${actionButton({ action: `/ui/invoices/${row.id}/pay`, label: "Pay" })}${actionButton({ action: `/ui/invoices/${row.id}/fail`, label: "Decline" })}` : ""}</div></td>
</tr>`;
}

function sums(byProduct: Readonly<Record<string, ProductSum>>): Markup {
  const rows = Object.entries(byProduct);
  if (rows.length === 0) return html`<p class="empty">Nothing.</p>`;
  return html`<table><thead><tr><th>Product</th><th class="num">Lines</th><th class="num">Quantity</th><th class="num">Amount</th></tr></thead><tbody>${rows.map(
    ([product, sum]) =>
      html`<tr><td>${product}</td><td class="num">${sum.count}</td><td class="num">${sum.quantity}</td><td class="num">${Object.entries(sum.amount_minor).map(([currency, minor]) => html`${amountText(minor, currency)}<br>`)}</td></tr>`,
  )}</tbody></table>`;
}
