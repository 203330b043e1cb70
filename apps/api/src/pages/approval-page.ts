import { dataTable } from "./data-table.ts";
import { type Html, html, raw } from "./html.ts";
import { type LimitBar, limitBar } from "./limit-bar.ts";
import { lineMark } from "./marks.ts";
import { pageShell, type Shell } from "./page-shell.ts";

/** Everything the approval page shows, ready to be written. */
export interface ApprovalView {
  readonly taskId: string;
  /** The ask in one sentence: "Approve 25,000.00 USD for Acme at 28 % off list?" */
  readonly ask: string;
  readonly orderId: string;
  readonly orderNumber: string;
  readonly orderName: string;
  readonly stage: string;
  readonly revisionHash: string;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly reasons: readonly string[];
  readonly bars: readonly LimitBar[];
  /** What the customer has now and would have, by feature. */
  readonly changes: readonly {
    readonly what: string;
    readonly before: string;
    readonly after: string;
    readonly differs: boolean;
  }[];
  /** What differs from the revision before, in sentences; empty for a first one. */
  readonly sinceLast: readonly string[];
  readonly lines: readonly {
    readonly product: string;
    readonly quantity: string;
    readonly price: string;
    readonly list: string;
    readonly term: string;
  }[];
  readonly others: readonly {
    readonly stage: string;
    readonly who: string;
    readonly state: string;
    readonly isSettled: boolean;
  }[];
  readonly dueAt: number | null;
  /** Set when there is nothing left to decide here, or not by this viewer. */
  readonly closed: {
    readonly tone: "good" | "bad" | "warn" | "info";
    readonly sentence: string;
    readonly detail: string | null;
  } | null;
  /** What was typed before a refusal, so that nobody types it twice. */
  readonly comment: string;
  /** Why the form was refused just now. */
  readonly refusal: string | null;
}

export function approvalPage(shell: Shell, view: ApprovalView): Html {
  return pageShell({
    shell,
    title: view.ask,
    current: "approvals",
    main: html`${notice(view)}<h1>${view.ask}</h1><p class="lead">${view.stage} · <a href="/orders/${view.orderId}">Order ${view.orderNumber}</a>, ${view.orderName}${
      view.dueAt === null || view.closed !== null ? "" : html` · due ${shell.time.at(view.dueAt)}`
    }</p>${view.closed === null ? html`<p class="jump"><a class="button" href="#decide">Decide</a></p>` : ""}
<section class="card"><dl class="facts">${view.facts.map((fact) => html`<div><dt>${fact.name}</dt><dd>${fact.value}</dd></div>`)}</dl></section>
<section class="card"><h2>Why you are asked</h2>${view.reasons.map((reason) => html`<p>${reason}</p>`)}${view.bars.map(limitBar)}</section>
${view.sinceLast.length === 0 ? "" : html`<section class="note info"><strong>Changed since the revision before</strong><ul>${view.sinceLast.map((change) => html`<li>${change}</li>`)}</ul></section>`}
<div class="cols"><div><section class="card"><h2>What changes for the customer</h2>${changes(view)}</section>
<section class="card"><h2>Lines</h2>${lines(view)}</section></div>
<div>${decide(shell, view)}<section class="card"><h2>Who else decides</h2>${others(view)}</section></div></div>`,
  });
}

function notice({ closed, refusal }: ApprovalView): Html {
  if (closed !== null) {
    return html`<section class="note ${closed.tone}" role="status"><strong>${closed.sentence}</strong>${closed.detail === null ? "" : html`<p>${closed.detail}</p>`}</section>`;
  }
  if (refusal !== null)
    return html`<section class="note bad" role="alert"><strong>Not decided</strong><p>${refusal}</p></section>`;
  return raw("");
}

function changes({ changes: rows }: ApprovalView): Html {
  if (rows.length === 0) return html`<p class="soft">Nothing changes.</p>`;
  return dataTable({
    caption: "Rights today and after this order",
    columns: [{ name: "Feature" }, { name: "Today" }, { name: "After" }],
    rows: rows.map((row) => [
      row.what,
      row.before,
      row.differs
        ? html`<span class="plus">${row.after}</span><span class="hide"> (changes)</span>`
        : row.after,
    ]),
  });
}

function lines({ lines: rows }: ApprovalView): Html {
  return dataTable({
    caption: "Lines of the order",
    columns: [
      { name: "Product" },
      { name: "Quantity", kind: "number" },
      { name: "Unit price", kind: "number" },
      { name: "List", kind: "number" },
      { name: "Term" },
    ],
    rows: rows.map((row) => [row.product, row.quantity, row.price, row.list, row.term]),
  });
}

function others({ others: rows }: ApprovalView): Html {
  if (rows.length === 0) return html`<p class="soft">Nobody else: yours is the only stage.</p>`;
  return html`<ul class="log">${rows.map(
    (row) =>
      html`<li>${lineMark(row.isSettled ? "check" : "clock", row.isSettled ? "good" : "wait")}<span><b>${row.stage}</b> ${row.state}</span><span class="small soft">${row.who}</span></li>`,
  )}</ul>`;
}

function decide({ viewer }: Shell, view: ApprovalView): Html {
  if (view.closed !== null || viewer === null) return raw("");
  return html`<section class="card" id="decide"><h2>Your decision</h2><form method="post" action="/approvals/${view.taskId}/decision"><input type="hidden" name="csrf_token" value="${viewer.csrfToken}"><input type="hidden" name="revision_hash" value="${view.revisionHash}"><label for="comment">Comment</label><p class="hint" id="comment-hint">Needed to reject or to ask for changes; sales reads it in the CRM.</p><textarea id="comment" name="comment" maxlength="4000" aria-describedby="comment-hint">${view.comment}</textarea><div class="acts"><button class="go" name="decision" value="approve">Approve</button><button name="decision" value="request_changes">Request changes</button><button class="no" name="decision" value="reject">Reject</button></div></form></section>`;
}
