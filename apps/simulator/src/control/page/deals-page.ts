import { html } from "hono/html";
import type { SimulatorParts } from "../../simulator-parts.ts";
import { findDeals } from "../deal-routes.ts";
import { type ShownDeal, showDeal } from "../show-deal.ts";
import { actionButton, type Markup, statusTag } from "./page-frame.ts";

const SHOWN = 25;

/** Win a deal, and see what sales sees of it. */
export function dealsPage(
  parts: SimulatorParts,
  filter: { readonly text?: string | undefined; readonly status?: string | undefined },
): Markup {
  const { org } = parts;
  const { rows, total } = findDeals(org, filter, { offset: 0, limit: SHOWN });
  const deals = rows.map((row) => showDeal(org, row));
  return html`${winForm("/ui/win")}
${breakItForm(parts)}
<section>
<h2>What sales sees</h2>
<form method="get" action="/" class="row" style="margin-bottom:12px">
<label>Name holds <input name="q" value="${filter.text ?? ""}"></label>
<label>Status <input name="status" value="${filter.status ?? ""}" placeholder="Action needed"></label>
<button>Find</button>
<span class="dim">${deals.length} of ${total} shown, newest change first · <a href="/?follow">follow</a></span>
</form>
${deals.length === 0 ? html`<p class="empty">No deal yet. Win one above, or load a pipeline with <span class="mono">usher import crm-csv</span>.</p>` : dealTable(org.settings().fieldPrefix, deals)}
</section>`;
}

/** A deal to win, as a person fills it in. */
export function winForm(action: string): Markup {
  return html`<section>
<h2>Win a deal</h2>
<form method="post" action="${action}" class="row">
<label>Customer <input name="account" value="Acme" required></label>
<label>Country <input name="country" value="DE" size="3"></label>
<label>Product code <input name="product" value="PRO" size="8" required></label>
<label>Quantity <input name="quantity" type="number" value="250" min="0" required></label>
<label>Unit price <input name="unit_price" value="345.60" size="8" required></label>
<label>List price <input name="list_price" value="480.00" size="8"></label>
<label>Currency <input name="currency" value="EUR" size="4" required></label>
<label>Months <input name="term_months" type="number" value="12" min="0"></label>
<button class="main">Close deal as won</button>
</form>
</section>`;
}

/** The weather people try first; the rest is on its own page. */
function breakItForm({ faults }: SimulatorParts): Markup {
  const inForce = faults.list().length;
  const preset = (label: string, fields: Readonly<Record<string, string>>) =>
    actionButton({ action: "/ui/faults", label, fields });
  return html`<section>
<h2>Break it</h2>
<div class="actions">
${preset("CRM refuses the write-back", { vendor: "salesforce", kind: "refuse_write", operation: "*", message: "Close date is locked by finance" })}
${preset("CRM is slow", { vendor: "salesforce", kind: "slow", operation: "*", delay_ms: "3000" })}
${preset("CRM is down", { vendor: "salesforce", kind: "down", operation: "*" })}
${preset("Billing is down", { vendor: "stripe", kind: "down", operation: "*" })}
${preset("Billing answers 500 five times", { vendor: "stripe", kind: "server_error", operation: "*", times: "5" })}
${inForce === 0 ? "" : actionButton({ action: "/ui/faults/clear", label: `Good weather again (${inForce} in force)` })}
</div>
</section>`;
}

function dealTable(prefix: string, deals: readonly ShownDeal[]): Markup {
  return html`<div class="scroll"><table>
<thead><tr><th>Deal</th><th>Lines</th><th class="num">Amount</th><th>Stage</th><th>Status, as written by the hub</th><th>Do</th></tr></thead>
<tbody>${deals.map((deal) => dealRow(prefix, deal))}</tbody>
</table></div>`;
}

function dealRow(prefix: string, deal: ShownDeal): Markup {
  const field = (name: string) => deal.usher[`${prefix}_${name}__c`];
  const status = field("Status");
  const notes = [field("Waiting_On"), field("Problem"), field("Summary")].filter(
    (one) => typeof one === "string",
  );
  return html`<tr>
<td><a href="/deals/${deal.id}">${deal.name}</a><br><span class="dim">${deal.account?.name ?? "no account"}</span></td>
<td>${deal.lines.map((line) => html`${line.quantity} × ${line.product_code} at ${line.unit_price}<br>`)}</td>
<td class="num">${deal.amount} ${deal.currency}</td>
<td>${deal.stage}</td>
<td>${typeof status === "string" ? statusTag(status) : html`<span class="dim">nothing written yet</span>`}${notes.map((note) => html`<br><span class="dim">${note}</span>`)}</td>
<td><div class="actions">${
    deal.is_won
      ? actionButton({ action: `/ui/deals/${deal.id}/reopen`, label: "Re-open" })
      : actionButton({ action: `/ui/deals/${deal.id}/win`, label: "Win" })
  }${deal.account === null ? "" : actionButton({ action: `/ui/deals/${deal.id}/delete_account`, label: "Delete account" })}</div></td>
</tr>`;
}

/** One deal: every status field, and its lines to edit. */
export function dealPage(parts: SimulatorParts, deal: ShownDeal): Markup {
  const written = Object.entries(deal.usher).filter(([, value]) => value !== null);
  return html`<div class="two"><section>
<h2>${deal.name}</h2>
<p class="dim">${deal.account?.name ?? "no account"} · ${deal.stage} · ${deal.amount} ${deal.currency} · closes ${deal.close_date} · owner ${deal.owner?.name ?? "nobody"}<br><span class="mono">${deal.id}, changed ${deal.version}</span></p>
${deal.lines.map((line) => lineForm(deal, line))}
<h3>More</h3>
<div class="row">
<form method="post" action="/ui/deals/${deal.id}/add_line" class="row"><label>Product <input name="product" value="EU-DATA" size="8"></label><label>Quantity <input name="quantity" type="number" value="1" min="0"></label><label>Unit price <input name="unit_price" value="2250.00" size="8"></label><button>Add line</button></form>
<form method="post" action="/ui/deals/${deal.id}/currency" class="row"><label>Currency <input name="currency" value="${deal.currency}" size="4"></label><button>Change currency</button></form>
<div class="actions">${deal.is_won ? actionButton({ action: `/ui/deals/${deal.id}/reopen`, label: "Re-open" }) : actionButton({ action: `/ui/deals/${deal.id}/win`, label: "Win" })}${deal.account === null ? "" : actionButton({ action: `/ui/deals/${deal.id}/delete_account`, label: "Delete account" })}</div>
</div>
</section>
<section>
<h2>Status fields</h2>
${written.length === 0 ? html`<p class="empty">${parts.org.settings().fieldsDeployed ? "The hub has written nothing yet." : "The fields are not deployed in this org."}</p>` : html`<dl>${written.map(([name, value]) => html`<dt class="mono">${name}</dt><dd>${String(value)}</dd>`)}</dl>`}
</section></div>`;
}

function lineForm(deal: ShownDeal, line: ShownDeal["lines"][number]): Markup {
  return html`<form method="post" action="/ui/deals/${deal.id}/line" class="row" style="margin-bottom:8px">
<input type="hidden" name="id" value="${line.id}">
<label>${line.product_code} <span class="dim">${line.product_name}, list ${line.list_price ?? "–"}</span><input name="quantity" type="number" value="${line.quantity}" min="0" aria-label="Quantity of ${line.product_code}"></label>
<label>Unit price <input name="unit_price" value="${line.unit_price}" size="9"></label>
<button>Save</button><button name="remove" value="true">Remove</button>
</form>`;
}
