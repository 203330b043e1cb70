import { dataTable } from "./data-table.ts";
import { type Html, html } from "./html.ts";
import type { OpenTask } from "./load-open-tasks.ts";
import { pageShell, type Shell } from "./page-shell.ts";

export interface ApprovalsView {
  /** What the viewer may decide. */
  readonly mine: readonly OpenTask[];
  /** What others are asked. */
  readonly others: readonly OpenTask[];
  readonly now: number;
}

export function approvalsPage(shell: Shell, { mine, others, now }: ApprovalsView): Html {
  return pageShell({
    shell,
    title: "Approvals",
    current: "approvals",
    main: html`<h1>${mine.length === 0 ? "Nothing waits for you" : mine.length === 1 ? "One decision waits for you" : `${mine.length} decisions wait for you`}</h1><p class="lead">Opening one decides nothing.</p>
<section class="card"><h2>Asked of you</h2>${together(mine)}${list({ shell, rows: mine, now, empty: "You are all caught up." })}</section>
<section class="card"><h2>Asked of others</h2>${list({ shell, rows: others, now, empty: "Nobody else is asked either." })}</section>`,
  });
}

/** A way to approve many at once, for each stage that asks more than one order of the viewer. */
function together(mine: readonly OpenTask[]): readonly Html[] {
  const stages = new Map(mine.map((one) => [one.stageKey, one.stage]));
  return [...stages].flatMap(([key, stage]) => {
    const { length } = mine.filter((one) => one.stageKey === key);
    return length < 2
      ? []
      : html`<p><a href="/approvals/together?stage=${encodeURIComponent(key)}">Approve the ${length} of ${stage} together</a></p>`;
  });
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
