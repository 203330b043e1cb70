import { html } from "hono/html";
import type { SimulatorParts } from "../../simulator-parts.ts";
import { find } from "../../stripe/call.ts";
import { showCheckoutSession } from "../../stripe/show-checkout-session.ts";
import { amountText } from "./amount-text.ts";
import { actionButton, type Markup, statusTag } from "./page-frame.ts";

/** The page that a seller sends its customer to. */
export function checkoutPage({ account }: SimulatorParts, id: string): Markup {
  const row = find(account, "checkout.session", id);
  const customer = account.tables.customer.get(row.customer);
  const { amount_total: total } = showCheckoutSession(account, row);
  return html`<section>
<h2>${customer?.name ?? row.customer} pays ${amountText(total, row.currency)}</h2>
<p>${statusTag(row.status)} <span class="dim mono">${row.id}</span></p>
<p>${row.mode === "subscription" ? "The first period of a subscription; the rest follows with its periods." : "Once."}</p>
${
  row.status === "open"
    ? actionButton({ action: `/ui/checkout/${row.id}/pay`, label: "Pay" })
    : html`<p><a href="${row.successUrl}">On to the seller</a></p>`
}
${row.cancelUrl === null ? "" : html`<p class="dim"><a href="${row.cancelUrl}">Back without paying</a></p>`}
</section>`;
}
