import type { TimeFormat } from "./format-time.ts";
import { type Html, html } from "./html.ts";
import { brandMark, signDrawings } from "./marks.ts";
import { stylesheetPath } from "./stylesheet.ts";

/** Who looks, and what every form of theirs carries. */
export interface Viewer {
  readonly name: string;
  readonly email: string;
  /** Proves that a form was made for this session. */
  readonly csrfToken: string;
}

export interface Shell {
  readonly viewer: Viewer | null;
  readonly time: TimeFormat;
  /** Path of the page itself, where changing the time zone comes back to. */
  readonly path: string;
}

/**
 * Every page: head, navigation, main, and, where somebody is signed in, whose clock the times are
 * on. Before that a page shows no times, and its address holds a one-time code to be kept.
 */
export function pageShell({
  shell,
  title,
  current,
  main,
}: {
  readonly shell: Shell;
  readonly title: string;
  readonly current?: "orders" | "approvals" | "connections" | "docs";
  readonly main: Html;
}): Html {
  const { viewer, time, path } = shell;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} · Usher</title><meta name="color-scheme" content="light dark"><link rel="stylesheet" href="${stylesheetPath}"><link rel="icon" href="data:,"></head>
<body>${signDrawings()}<a class="skip" href="#main">Skip to the content</a>
<header class="top"><div><a class="brand" href="/orders">${brandMark()}Usher</a>
<nav aria-label="Main">${navLink("/orders", "Orders", current === "orders")}${navLink("/approvals", "Approvals", current === "approvals")}${navLink("/connections", "Connections", current === "connections")}${navLink("/docs", "API", current === "docs")}</nav>
${viewer === null ? "" : html`<form method="post" action="/sign-out"><span class="who">${viewer.name}</span><input type="hidden" name="csrf_token" value="${viewer.csrfToken}"><button class="plain">Sign out</button></form>`}</div></header>
<main id="main">${main}</main>
<footer class="foot">${viewer === null ? "" : html`<form method="get" action="/time-zone"><input type="hidden" name="back" value="${path}"><label for="tz">Times in</label><input id="tz" name="time_zone" value="${time.timeZone}" autocomplete="off" spellcheck="false"><button class="plain">Change</button></form>`}<span>Usher, from closed-won to access</span></footer>
</body></html>`;
}

function navLink(href: string, text: string, isCurrent: boolean): Html {
  return isCurrent
    ? html`<a href="${href}" aria-current="page">${text}</a>`
    : html`<a href="${href}">${text}</a>`;
}
