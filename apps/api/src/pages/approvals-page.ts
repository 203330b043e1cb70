import { dataTable } from "./data-table.ts";
import { type Html, html } from "./html.ts";
import type { OpenTask, OpenTasksPage, StageAsked } from "./load-open-tasks.ts";
import { pageShell, type Shell } from "./page-shell.ts";

/** Where each list starts: each is leafed through by itself, and keeps the other where it is. */
export interface ApprovalsCursors {
  readonly mine: string | null;
  readonly others: string | null;
}

export interface ApprovalsView {
  /** What the viewer may decide. */
  readonly mine: OpenTasksPage;
  /** What others are asked. */
  readonly others: OpenTasksPage;
  /** How many the viewer may decide, by stage. */
  readonly stages: readonly StageAsked[];
  readonly cursors: ApprovalsCursors;
  readonly now: number;
}

export function approvalsPage(shell: Shell, view: ApprovalsView): Html {
  const { mine, others, stages, cursors, now } = view;
  const waiting = stages.reduce((sum, one) => sum + one.count, 0);
  return pageShell({
    shell,
    title: "Approvals",
    current: "approvals",
    main: html`<h1>${waiting === 0 ? "Nothing waits for you" : waiting === 1 ? "One decision waits for you" : `${waiting} decisions wait for you`}</h1><p class="lead">Opening one decides nothing.</p>
<section class="card"><h2>Asked of you</h2>${stages.map(together)}${list({ shell, rows: mine.tasks, now, empty: waiting === 0 ? "You are all caught up." : "No older ones." })}${older({ ...cursors, mine: mine.nextCursor }, mine.nextCursor)}</section>
<section class="card"><h2>Asked of others</h2>${list({ shell, rows: others.tasks, now, empty: cursors.others === null ? "Nobody else is asked either." : "No older ones." })}${older({ ...cursors, others: others.nextCursor }, others.nextCursor)}</section>`,
  });
}

/** A way to approve many at once, for a stage that asks more than one order of the viewer. */
function together({ stageKey, stage, count }: StageAsked): Html | string {
  return count < 2
    ? ""
    : html`<p><a href="/approvals/together?stage=${encodeURIComponent(stageKey)}">Approve the ${count} of ${stage} together</a></p>`;
}

function older(cursors: ApprovalsCursors, next: string | null): Html | string {
  if (next === null) return "";
  const query = new URLSearchParams();
  if (cursors.mine !== null) query.set("mine", cursors.mine);
  if (cursors.others !== null) query.set("others", cursors.others);
  return html`<p><a class="button" href="/approvals?${query.toString()}">Older ones</a></p>`;
}

function list({
  shell,
  rows,
  now,
  empty,
}: {
  readonly shell: Shell;
  readonly rows: readonly OpenTask[];
  readonly now: number;
  readonly empty: string;
}): Html {
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
      row.reasons.join(" "),
      due({ shell, dueAt: row.dueAt, now }),
    ]),
  });
}

function due({
  shell,
  dueAt,
  now,
}: {
  readonly shell: Shell;
  readonly dueAt: number | null;
  readonly now: number;
}): Html | string {
  if (dueAt === null) return "";
  const overdue = dueAt < now ? html`<br><span class="chip bad">overdue</span>` : "";
  return html`<span class="small">${shell.time.at(dueAt)}${overdue}</span>`;
}
