import { html } from "hono/html";
import type { SimulatorParts } from "../../simulator-parts.ts";
import { findHubSpotDeals } from "../hubspot/hubspot-deal-routes.ts";
import { showHubSpotDeal } from "../hubspot/show-hubspot-deal.ts";
import type { ShownDeal } from "../show-deal.ts";
import { winForm } from "./deals-page.ts";
import { actionButton, type Markup, statusTag } from "./page-frame.ts";

const SHOWN = 25;

/** Win a deal in HubSpot, and see what its owner sees of it. */
export function hubspotPage(
  { portal }: SimulatorParts,
  filter: { readonly text?: string | undefined; readonly status?: string | undefined },
): Markup {
  const found = findHubSpotDeals(portal, filter);
  const deals = found.slice(0, SHOWN).map((row) => showHubSpotDeal(portal, row));
  return html`${winForm("/ui/hubspot/win")}
<section>
<h2>What sales sees</h2>
<form method="get" action="/hubspot" class="row" style="margin-bottom:12px">
<label>Name holds <input name="q" value="${filter.text ?? ""}"></label>
<label>Status <input name="status" value="${filter.status ?? ""}" placeholder="Action needed"></label>
<button>Find</button>
<span class="dim">${deals.length} of ${found.length} shown, newest change first · <a href="/hubspot?follow">follow</a></span>
</form>
${deals.length === 0 ? html`<p class="empty">No deal yet. Win one above, or load a pipeline with <span class="mono">usher import crm-csv --crm hubspot</span>.</p>` : dealTable(deals)}
</section>`;
}

function dealTable(deals: readonly ShownDeal[]): Markup {
  return html`<div class="scroll"><table>
<thead><tr><th>Deal</th><th>Lines</th><th class="num">Amount</th><th>Stage</th><th>Status, as written by the hub</th><th>Do</th></tr></thead>
<tbody>${deals.map(dealRow)}</tbody>
</table></div>`;
}

function dealRow(deal: ShownDeal): Markup {
  const shown = (ending: string) =>
    Object.entries(deal.usher).find(([name]) => name.endsWith(ending))?.[1];
  const status = shown("_status");
  const notes = [shown("_waiting_on"), shown("_problem"), shown("_summary")].filter(
    (one) => typeof one === "string",
  );
  const act = (action: string, label: string) =>
    actionButton({ action: `/ui/hubspot/deals/${deal.id}/${action}`, label });
  return html`<tr>
<td>${deal.name}<br><span class="dim">${deal.account?.name ?? "no company"} · ${deal.id}</span></td>
<td>${deal.lines.map((line) => html`${line.quantity} × ${line.product_code} at ${line.unit_price}<br>`)}</td>
<td class="num">${deal.amount} ${deal.currency}</td>
<td>${deal.stage}</td>
<td>${typeof status === "string" ? statusTag(status) : html`<span class="dim">nothing written yet</span>`}${notes.map((note) => html`<br><span class="dim">${note}</span>`)}</td>
<td><div class="actions">${deal.is_won ? act("reopen", "Re-open") : act("win", "Win")}${deal.account === null ? "" : act("delete_account", "Delete company")}</div></td>
</tr>`;
}
