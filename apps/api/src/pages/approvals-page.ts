import { type Html, html } from "./html.ts";
import { pageShell, type Shell } from "./page-shell.ts";

export interface ApprovalRow {
  readonly taskId: string;
  readonly stage: string;
  readonly customer: string | null;
  readonly orderNumber: string;
  readonly orderName: string;
  readonly total: string | null;
  readonly reasons: readonly string[];
  readonly dueAt: number | null;
  readonly isOverdue: boolean;
}

export interface ApprovalsView {
  /** What the viewer may decide. */
  readonly mine: readonly ApprovalRow[];
  /** What others are asked. */
  readonly others: readonly ApprovalRow[];
}

export function approvalsPage(shell: Shell, { mine, others }: ApprovalsView): Html {
  return pageShell({
    shell,
    title: "Approvals",
    current: "approvals",
    main: html`<h1>${mine.length === 0 ? "Nothing waits for you" : mine.length === 1 ? "One decision waits for you" : `${mine.length} decisions wait for you`}</h1><p class="lead">Opening one decides nothing.</p>
<section class="card"><h2>Asked of you</h2>${list(shell, mine, "You are all caught up.")}</section>
<section class="card"><h2>Asked of others</h2>${list(shell, others, "Nobody else is asked either.")}</section>`,
  });
}

function list(shell: Shell, rows: readonly ApprovalRow[], empty: string): Html {
  if (rows.length === 0) return html`<p class="soft">${empty}</p>`;
  return html`<div class="wide"><table><caption class="hide">Approval tasks</caption><thead><tr><th scope="col">What</th><th scope="col" class="num">Value</th><th scope="col">Why</th><th scope="col">Due</th></tr></thead><tbody>${rows.map(
    (row) =>
      html`<tr><td><a href="/approvals/${row.taskId}"><b>${row.stage}: ${row.customer ?? row.orderName}</b></a><br><span class="soft small">Order ${row.orderNumber}, ${row.orderName}</span></td><td class="num">${row.total ?? ""}</td><td class="small">${row.reasons.join(". ")}</td><td class="nowrap small">${
        row.dueAt === null
          ? ""
          : html`${shell.time.at(row.dueAt)}${row.isOverdue ? html`<br><span class="chip bad">overdue</span>` : ""}`
      }</td></tr>`,
  )}</tbody></table></div>`;
}
