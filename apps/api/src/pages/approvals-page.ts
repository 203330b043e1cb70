import { dataTable } from "./data-table.ts";
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
  return dataTable({
    caption: "Approval tasks",
    columns: [
      { name: "What" },
      { name: "Value", kind: "number" },
      { name: "Why", kind: "small" },
      { name: "Due", kind: "short" },
    ],
    rows: rows.map((row) => [
      html`<a href="/approvals/${row.taskId}"><b>${row.stage}: ${row.customer ?? row.orderName}</b></a><br><span class="soft small">Order ${row.orderNumber}, ${row.orderName}</span>`,
      row.total ?? "",
      row.reasons.join(". "),
      due(shell, row),
    ]),
  });
}

function due(shell: Shell, { dueAt, isOverdue }: ApprovalRow): Html | string {
  if (dueAt === null) return "";
  const overdue = isOverdue ? html`<br><span class="chip bad">overdue</span>` : "";
  return html`<span class="small">${shell.time.at(dueAt)}${overdue}</span>`;
}
