import { html } from "hono/html";
import type { SimulatorParts } from "../../simulator-parts.ts";
import type { Markup } from "./page-frame.ts";

const SHOWN = 100;

/** The last calls to the vendors' APIs. */
export function requestsPage({ traffic }: SimulatorParts): Markup {
  const entries = traffic.recent({ limit: SHOWN });
  return html`<section>
<h2>Requests to the vendors</h2>
${
  entries.length === 0
    ? html`<p class="empty">None yet.</p>`
    : html`<div class="scroll"><table><thead><tr><th>When</th><th>Vendor</th><th>Operation</th><th>Path</th><th class="num">Status</th><th class="num">ms</th><th>Fault</th><th>Idempotency key</th></tr></thead><tbody>${entries.map(
        (one) =>
          html`<tr><td class="mono">${one.at.slice(11, 23)}</td><td>${one.vendor}</td><td>${one.operation}</td><td class="mono">${one.method} ${one.path}</td><td class="num">${one.status === 0 ? "cut" : one.status}</td><td class="num">${one.ms.toFixed(1)}</td><td>${one.fault ?? ""}</td><td class="mono">${one.idempotencyKey ?? ""}</td></tr>`,
      )}</tbody></table></div>`
}
</section>`;
}
