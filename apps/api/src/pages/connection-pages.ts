import type { WireConnection } from "@usher/api-contract";
import { dataTable } from "./data-table.ts";
import { durationText } from "./format-time.ts";
import { type Html, html, raw } from "./html.ts";
import { lineMark } from "./marks.ts";
import { pageShell, type Shell } from "./page-shell.ts";
import { systemName } from "./system-name.ts";

/** Every connection of the tenant and how it fares. */
export function connectionsPage(shell: Shell, connections: readonly WireConnection[]): Html {
  return pageShell({
    shell,
    title: "Connections",
    current: "connections",
    main: html`<h1>Connections</h1><p class="lead">The systems the hub reads from and writes to.</p>
<section class="card">${
      connections.length === 0
        ? html`<p class="soft">None yet. <code>usher connection add</code> or <code>POST /v1/connections</code> makes one.</p>`
        : dataTable({
            caption: "Connections",
            columns: [
              { name: "Connection" },
              { name: "Status" },
              { name: "Last success", kind: "short" },
              { name: "Lag", kind: "short" },
              { name: "Calls left today", kind: "number" },
              { name: "Quarantined", kind: "number" },
            ],
            rows: connections.map((one) => [
              html`<a href="/connections/${one.id}"><b>${one.name}</b></a><br><span class="soft small">${systemName(one.vendor)}, ${uses(one)}</span>`,
              connectionChip(one),
              html`<span class="small">${one.last_success_at === null ? "none yet" : shell.time.at(one.last_success_at)}</span>`,
              lagWords(one),
              one.quota === null ? "" : one.quota.left.toLocaleString("en"),
              one.inbox.quarantined,
            ]),
          })
    }</section>`,
  });
}

/** One connection's health. Nothing secret is shown: credentials only by when they changed. */
export function connectionPage(shell: Shell, one: WireConnection): Html {
  return pageShell({
    shell,
    title: one.name,
    current: "connections",
    main: html`<h1>${one.name} ${connectionChip(one)}</h1><p class="lead">${systemName(one.vendor)}, used as ${uses(one)}</p>
${trouble(shell, one)}
<div class="cols"><div>
<section class="card"><h2>Health</h2><dl><dt>Last success</dt><dd>${one.last_success_at === null ? "none yet" : shell.time.at(one.last_success_at)}</dd><dt>Lag</dt><dd>${lagWords(one)}</dd><dt>Calls left today</dt><dd>${quotaWords(shell, one)}</dd></dl></section>
<section class="card"><h2>What it reads</h2>${streams(shell, one)}</section>
<section class="card"><h2>Inbox</h2><dl><dt>Waiting</dt><dd>${one.inbox.pending}${one.inbox.pending_since === null ? "" : html`, since ${shell.time.at(one.inbox.pending_since)}`}</dd><dt>In quarantine</dt><dd>${one.inbox.quarantined}</dd></dl>${
      one.inbox.quarantined === 0
        ? ""
        : html`<p class="hint">Each says why it is there: <code>usher inbox list --status quarantined --connection ${one.id}</code>. Once that is mended: <code>usher inbox replay --all --connection ${one.id}</code></p>`
    }</section>
</div><div>
<section class="card"><h2>Credentials</h2><dl><dt>Changed</dt><dd>${shell.time.at(one.credentials.changed_at)}</dd>${
      one.credentials.is_rotating
        ? html`<dt>New ones</dt><dd>wait to be proven: the vendor could not be reached</dd>`
        : ""
    }${
      one.credentials.old_webhook_secrets_until === null
        ? ""
        : html`<dt>Old webhook secret</dt><dd>accepted until ${shell.time.at(one.credentials.old_webhook_secrets_until)}</dd>`
    }</dl><p class="hint"><code>usher connection rotate ${one.id}</code> gives it new ones without downtime.</p></section>
<section class="card"><h2>Webhooks</h2><p class="small">The vendor sends them to</p><p><code>${one.inbound_url}</code></p></section>
</div></div>`,
  });
}

function connectionChip({ status }: WireConnection): Html {
  switch (status) {
    case "working":
      return html`<span class="chip good">${lineMark("check", "good")}Working</span>`;
    case "failing":
      return html`<span class="chip warn">${lineMark("clock", "wait")}Failing, tried again</span>`;
    case "needs_attention":
      return html`<span class="chip bad">${lineMark("alert", "bad")}Needs attention</span>`;
  }
}

function trouble(shell: Shell, { problem, last_error: error }: WireConnection): Html {
  if (problem !== null)
    return html`<section class="note bad"><strong>Its connector is not there</strong><p>${problem}</p></section>`;
  if (error === null) return raw("");
  return html`<section class="note bad"><strong>${headlines[error.category] ?? "The vendor refused a call"}</strong><p>${error.message}</p><p class="small">${error.category}${error.at === null ? "" : html`, ${shell.time.at(error.at)}`}</p></section>`;
}

const headlines: Readonly<Record<string, string>> = {
  auth_invalid: "The credentials are refused",
  auth_expired: "The credentials are refused",
  permission: "A right is missing at the vendor",
  config: "A field of the configuration is wrong",
  rate_limited: "The vendor asks to slow down",
  quota_exhausted: "The vendor's allowance is used up",
  transient: "The vendor does not answer",
  outcome_unknown: "The vendor does not answer",
};

function lagWords({ lag_seconds: lag, streams: read }: WireConnection): string {
  if (lag !== null) return durationText(lag * 1_000);
  return read.length === 0 ? "nothing is read" : "the first read goes on";
}

function quotaWords(shell: Shell, { quota }: WireConnection): Html {
  if (quota === null) return html`the vendor does not say`;
  return html`${quota.left.toLocaleString("en")} of ${quota.limit.toLocaleString("en")}, as of ${shell.time.at(quota.seen_at)}`;
}

function streams(shell: Shell, { streams: read }: WireConnection): Html {
  if (read.length === 0) return html`<p class="soft">No stream is read.</p>`;
  return html`<ul class="log">${read.map(
    (stream) =>
      html`<li>${lineMark(stream.read_to_end_at === null ? "clock" : "check", stream.read_to_end_at === null ? "wait" : "good")}<span><b>${stream.name}</b></span><span class="small soft">${
        stream.read_to_end_at === null
          ? html`the first read goes on, last page ${shell.time.at(stream.read_at)}`
          : html`to its end ${shell.time.at(stream.read_to_end_at)}`
      }</span></li>`,
  )}</ul>`;
}

const useNames = { crm: "CRM", billing: "billing", erp: "ERP" } as const;

function uses({ kinds }: WireConnection): string {
  return kinds.map((kind) => useNames[kind]).join(" and ");
}
