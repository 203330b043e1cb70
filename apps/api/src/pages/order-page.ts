import type { OrderStatus } from "@usher/entitlement-core/order";
import { dataTable } from "./data-table.ts";
import type { EventSentence } from "./event-sentence.ts";
import { type Html, html, raw } from "./html.ts";
import { lineMark } from "./marks.ts";
import { orderRail, type RailStop } from "./order-rail.ts";
import { pageShell, type Shell } from "./page-shell.ts";
import { type RunSpan, runPicture } from "./run-picture.ts";
import { statusChip } from "./status-chip.ts";

/** Everything the order page shows, ready to be written: texts, and instants in milliseconds. */
export interface OrderView {
  readonly number: string;
  readonly name: string;
  readonly customer: string | null;
  readonly kind: string;
  readonly status: OrderStatus;
  readonly stops: readonly RailStop[];
  readonly waitingOn: {
    readonly who: string;
    readonly since: number;
    readonly due: number | null;
    readonly taskId: string | null;
  } | null;
  readonly problem: {
    readonly sentence: string;
    readonly where: { readonly record: string; readonly field: string } | null;
    readonly help: string;
    readonly otherFaults: readonly string[];
  } | null;
  readonly lines: readonly OrderLineRow[];
  readonly total: string | null;
  readonly source: string;
  readonly revision: number;
  readonly revisionHash: string;
  readonly rights: readonly RightRow[];
  readonly tokens: readonly { readonly jti: string; readonly isRevoked: boolean }[];
  readonly bills: readonly {
    readonly kind: string;
    readonly id: string;
    readonly total: string;
    readonly state: string;
  }[];
  /** The newest first; `olderEvents` more are not shown. */
  readonly events: readonly (EventSentence & { readonly at: number; readonly actor: string })[];
  readonly olderEvents: number;
  readonly spans: readonly RunSpan[];
  readonly temporalUrl: string | null;
  readonly now: number;
}

export interface OrderLineRow {
  readonly product: string;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly discount: string;
  readonly term: string;
}

export interface RightRow {
  readonly feature: string;
  readonly grants: string;
  readonly from: number;
  readonly to: number | null;
  readonly isActive: boolean;
}

export function orderPage(shell: Shell, view: OrderView): Html {
  return pageShell({
    shell,
    title: `Order ${view.number}`,
    current: "orders",
    main: html`<h1>Order ${view.number} ${statusChip(view.status)}</h1><p class="lead">${view.customer ?? "No customer named"} · ${view.name}</p>
${orderRail(view.stops)}${holder(shell, view)}${problem(shell, view)}
<div class="cols"><div>
<section class="card"><h2>What was sold</h2>${lines(view)}</section>
<section class="card"><h2>The run</h2><div class="wide">${runPicture({ spans: view.spans, now: view.now, time: shell.time })}</div><p class="hint">Waiting is hatched. Widths are squeezed: the words tell how long each step took.</p></section>
<section class="card"><h2>Timeline</h2>${timeline(shell, view)}</section>
</div><div>
<section class="card"><h2>About it</h2><dl><dt>Kind</dt><dd>${view.kind}</dd><dt>Deal</dt><dd>${view.source}</dd><dt>Value</dt><dd>${view.total ?? "not known yet"}</dd><dt>Revision</dt><dd>${view.revision}, <code>${view.revisionHash.slice(0, 12)}</code></dd>${
      view.temporalUrl === null
        ? ""
        : html`<dt>Run</dt><dd><a href="${view.temporalUrl}" rel="noreferrer">Open in Temporal</a></dd>`
    }</dl></section>
<section class="card"><h2>Access</h2>${rights(shell, view)}</section>
<section class="card"><h2>Bills and bookings</h2>${bills(view)}</section>
</div></div>`,
  });
}

function holder(shell: Shell, { waitingOn, problem: found }: OrderView): Html {
  // Who holds a problem is told with the problem.
  if (waitingOn === null || found !== null) return raw("");
  const { who, since, due, taskId } = waitingOn;
  return html`<section class="note warn"><strong>Waiting on ${who}</strong><p>Since ${shell.time.at(since)}${due === null ? "." : html`, due ${shell.time.at(due)}.`}${taskId === null ? "" : html` <a href="/approvals/${taskId}">Look at what is asked</a>`}</p></section>`;
}

function problem(shell: Shell, { problem: found, waitingOn }: OrderView): Html {
  if (found === null) return raw("");
  return html`<section class="note bad"><strong>Action needed</strong><p>${found.sentence}</p>${
    found.where === null
      ? ""
      : html`<p class="small">Record: <b>${found.where.record}</b> · Field: <b>${found.where.field}</b></p>`
  }${found.otherFaults.length === 0 ? "" : html`<p>Also wrong:</p><ul>${found.otherFaults.map((fault) => html`<li>${fault}</li>`)}</ul>`}<p class="small">${waitingOn === null ? "" : html`With ${waitingOn.who} since ${shell.time.at(waitingOn.since)}. `}The order goes on by itself once this is mended. <a href="${found.help}">What this means</a></p></section>`;
}

function lines({ lines: rows, total }: OrderView): Html {
  if (rows.length === 0)
    return html`<p class="soft">The deal cannot be read yet: see what is to be mended above.</p>`;
  const table = dataTable({
    caption: "Lines of the order",
    columns: [
      { name: "Product" },
      { name: "Quantity", kind: "number" },
      { name: "Unit price", kind: "number" },
      { name: "Off list", kind: "number" },
      { name: "Term", kind: "short" },
    ],
    rows: rows.map((row) => [row.product, row.quantity, row.unitPrice, row.discount, row.term]),
  });
  return html`${table}${total === null ? "" : html`<p class="small soft">Total ${total}</p>`}`;
}

function rights(shell: Shell, { rights: rows, tokens }: OrderView): Html {
  const active = rows.filter((row) => row.isActive);
  const shown = active.length > 0 ? active : rows;
  return html`${
    rows.length === 0
      ? html`<p class="soft">Nothing granted yet.</p>`
      : html`<ul class="log">${shown.map(
          (row) =>
            html`<li>${lineMark(row.isActive ? "check" : "clock", row.isActive ? "good" : "calm")}<span><b>${row.feature}</b> ${row.grants}</span><span class="small soft">${row.isActive ? "until" : "from"} ${row.isActive ? (row.to === null ? "further notice" : shell.time.at(row.to)) : shell.time.at(row.from)}</span></li>`,
        )}</ul>`
  }${tokens.map(
    (token) =>
      html`<p class="small">${token.isRevoked ? "Revoked token" : "Token"} <code>${token.jti}</code></p>`,
  )}`;
}

function bills({ bills: rows }: OrderView): Html {
  if (rows.length === 0) return html`<p class="soft">Nothing billed or booked yet.</p>`;
  return html`<ul class="log">${rows.map(
    (row) =>
      html`<li>${lineMark("coin", "good")}<span>${row.kind}, ${row.total}</span><span class="small soft"><code>${row.id}</code> ${row.state}</span></li>`,
  )}</ul>`;
}

function timeline(shell: Shell, { events, olderEvents }: OrderView): Html {
  return html`<ol class="log">${events.map(
    (event) =>
      html`<li>${lineMark(event.sign, event.kind)}<span>${event.sentence}</span>${event.more === null ? "" : html`<span class="small">${event.more}</span>`}<span class="small soft">${shell.time.at(event.at)} · ${event.actor}</span></li>`,
  )}</ol>${olderEvents === 0 ? "" : html`<p><a href="?events=all">Show ${olderEvents} older</a></p>`}`;
}
