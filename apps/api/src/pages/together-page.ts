import { type Html, html } from "./html.ts";
import { pageShell, type Shell } from "./page-shell.ts";

/** One open task of the stage. */
export interface TogetherRow {
  readonly taskId: string;
  readonly revisionHash: string;
  readonly customer: string | null;
  readonly orderNumber: string;
  readonly orderName: string;
  readonly total: string | null;
  readonly reasons: readonly string[];
}

export interface TogetherView {
  readonly stageKey: string;
  readonly stage: string;
  readonly rows: readonly TogetherRow[];
  /** Where the stage's older tasks start; null when these are all. */
  readonly nextCursor: string | null;
}

/**
 * Many tasks of one stage, to be approved at once: asked for one and the same rule, each shown with
 * its reason, each left out by a click. A no is said to one order at a time, with its reason.
 */
export function togetherPage(shell: Shell, view: TogetherView): Html {
  const { stage, stageKey, rows, nextCursor } = view;
  const csrf = shell.viewer?.csrfToken ?? "";
  return pageShell({
    shell,
    title: `${stage}: approve together`,
    current: "approvals",
    main: html`<h1>${stage}: approve ${rows.length === 1 ? "one order" : `${rows.length} orders`} together</h1><p class="lead">Leave out what you want to look at by itself. To say no, open the order: its seller needs to know why.</p>
${
  rows.length === 0
    ? html`<p><a href="/approvals">Nothing of this stage waits for you.</a></p>`
    : html`<form method="post" action="/approvals/together"><input type="hidden" name="csrf_token" value="${csrf}"><input type="hidden" name="stage" value="${stageKey}">
<section class="card"><h2>Orders</h2><ul class="log picks">${rows.map(row)}</ul></section>
<section class="card"><label for="comment">Comment</label><p class="hint" id="comment-hint">Kept with each decision; may be left out.</p><textarea id="comment" name="comment" maxlength="4000" aria-describedby="comment-hint"></textarea><div class="acts"><button class="go">Approve the chosen orders</button></div></section></form>`
}${nextCursor === null ? "" : html`<p><a href="/approvals/together?stage=${encodeURIComponent(stageKey)}&cursor=${nextCursor}">Older ones of this stage, without deciding these</a></p>`}`,
  });
}

function row(one: TogetherRow): Html {
  const id = `pick-${one.taskId}`;
  return html`<li><input type="checkbox" id="${id}" name="task:${one.taskId}" value="${one.revisionHash}" checked><label for="${id}">${one.customer ?? one.orderName}${one.total === null ? "" : `, ${one.total}`}</label><span class="small">${one.reasons.join(" ")}</span><span class="small soft"><a href="/approvals/${one.taskId}">Order ${one.orderNumber}, ${one.orderName}</a></span></li>`;
}

/** What became of each. */
export function togetherDonePage(
  shell: Shell,
  {
    approved,
    refused,
  }: {
    readonly approved: number;
    readonly refused: readonly { readonly taskId: string; readonly reason: string }[];
  },
): Html {
  const title = `${approved === 1 ? "One order" : `${approved} orders`} approved`;
  return pageShell({
    shell,
    title,
    current: "approvals",
    main: html`<h1>${title}</h1>${
      refused.length === 0
        ? ""
        : html`<section class="note warn"><strong>${refused.length === 1 ? "One was not" : `${refused.length} were not`}</strong><ul>${refused.map((one) => html`<li><a href="/approvals/${one.taskId}">${one.reason}</a></li>`)}</ul></section>`
    }<p><a href="/approvals">What waits now</a></p>`,
  });
}
