import { html } from "hono/html";
import { FAULT_KINDS } from "../../fault/fault.ts";
import type { SimulatorParts } from "../../simulator-parts.ts";
import { VENDORS, type Vendor } from "../../vendor.ts";
import { actionButton, type Markup } from "./page-frame.ts";

/** Bad weather: what goes wrong, and how notifications behave. */
export function weatherPage(parts: SimulatorParts): Markup {
  return html`${faultSection(parts)}${webhookSection(parts)}`;
}

function faultSection({ faults }: SimulatorParts): Markup {
  const inForce = faults.list();
  return html`<section>
<h2>Make something go wrong</h2>
<form method="post" action="/ui/faults" class="row">
<label>Vendor <select name="vendor">${VENDORS.map((one) => html`<option>${one}</option>`)}</select></label>
<label>What <select name="kind">${FAULT_KINDS.map((one) => html`<option>${one}</option>`)}</select></label>
<label>Operation <input name="operation" value="*" size="20" aria-describedby="operation-help"></label>
<label>Times <input name="times" type="number" min="1" placeholder="ever"></label>
<label>Delay, ms <input name="delay_ms" type="number" value="1000" min="0"></label>
<label>Message of a refused write <input name="message" size="30" placeholder="Close date is locked"></label>
<button class="main">Set</button>
</form>
<p class="dim" id="operation-help" style="margin-top:8px">Operations: <span class="mono">query</span>, <span class="mono">sobject.*</span>, <span class="mono">collection.update</span>, <span class="mono">oauth.token</span>; <span class="mono">customers.create</span>, <span class="mono">subscriptions.*</span>, <span class="mono">invoices.finalize</span>; <span class="mono">*</span> for all.</p>
${
  inForce.length === 0
    ? html`<p class="empty">Nothing is going wrong.</p>`
    : html`<table><thead><tr><th>Vendor</th><th>What</th><th>Operation</th><th class="num">Left</th><th class="num">Struck</th><th>Message</th><th></th></tr></thead><tbody>${inForce.map(
        (fault) =>
          html`<tr><td>${fault.vendor}</td><td>${fault.kind}</td><td class="mono">${fault.operation}</td><td class="num">${fault.remaining ?? "until removed"}</td><td class="num">${fault.hits}</td><td>${fault.message ?? ""}</td><td>${actionButton({ action: `/ui/faults/${fault.id}/remove`, label: "Remove" })}</td></tr>`,
      )}</tbody></table>`
}
</section>`;
}

function webhookSection(parts: SimulatorParts): Markup {
  const { webhooks } = parts;
  const endpoints = [...webhooks.endpoints.all()];
  const recent = webhooks.recent(15);
  return html`<section>
<h2>Notifications</h2>
${endpoints.length === 0 ? html`<p class="empty">No endpoint is registered.</p>` : html`<table><thead><tr><th>Vendor</th><th>Address</th><th>Events</th></tr></thead><tbody>${endpoints.map((one) => html`<tr><td>${one.vendor}</td><td class="mono">${one.url}</td><td>${one.events.join(", ")}</td></tr>`)}</tbody></table>`}
<div class="two">${VENDORS.map((vendor) => behaviorForm(parts, vendor))}</div>
<h3>Last deliveries</h3>
${recent.length === 0 ? html`<p class="empty">None.</p>` : html`<div class="scroll"><table><thead><tr><th>When</th><th>Vendor</th><th>Event</th><th class="num">Attempt</th><th>Answer</th></tr></thead><tbody>${recent.map((one) => html`<tr><td class="mono">${one.at.slice(11, 23)}</td><td>${one.vendor}</td><td class="mono">${one.event}</td><td class="num">${one.attempt}</td><td>${one.status === 0 ? (one.error ?? "none") : one.status}</td></tr>`)}</tbody></table></div>`}
</section>`;
}

function behaviorForm({ webhooks }: SimulatorParts, vendor: Vendor): Markup {
  const behavior = webhooks.behavior(vendor);
  const checked = (on: boolean) => (on ? html`checked` : "");
  return html`<div><h3>${vendor}: ${webhooks.pending(vendor)} under way</h3>
<form method="post" action="/ui/behavior" class="row"><input type="hidden" name="vendor" value="${vendor}">
<label class="check"><input type="checkbox" name="hold" ${checked(behavior.hold)}> Hold</label>
<label class="check"><input type="checkbox" name="shuffle" ${checked(behavior.shuffle)}> Out of order</label>
<label>Extra copies <input name="duplicate" type="number" min="0" max="20" value="${behavior.duplicate}"></label>
<label>Late by, ms <input name="delay_ms" type="number" min="0" value="${behavior.delayMs}"></label>
<button>Save</button></form>
<div class="actions" style="margin-top:8px">${actionButton({ action: "/ui/release", label: "Let everything go now", fields: { vendor } })}</div></div>`;
}
