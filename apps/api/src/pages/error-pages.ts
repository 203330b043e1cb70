import { readFileSync } from "node:fs";
import { describeError, errorCodes, isErrorCode } from "@usher/entitlement-core/errors";
import { type Html, html } from "./html.ts";
import { renderMarkdown } from "./markdown.ts";
import { pageShell, type Shell } from "./page-shell.ts";

/** The pages of docs/errors, by code: `type` of every problem leads to one of them. */
export type ErrorPages = ReadonlyMap<string, string>;

/** Reads every code's page once. Throws when one is missing: the catalog and its pages are one thing. */
export function readErrorPages(folder: URL): ErrorPages {
  return new Map(
    errorCodes.map((code) => [code, readFileSync(new URL(`${code}.md`, folder), "utf8")]),
  );
}

export const errorPagesFolder = new URL("../../../../docs/errors/", import.meta.url);

export function errorPage(shell: Shell, pages: ErrorPages, code: string): Html | null {
  const text = pages.get(code);
  if (text === undefined || !isErrorCode(code)) return null;
  return pageShell({
    shell,
    title: describeError(code).title,
    current: "docs",
    main: html`<article class="card">${renderMarkdown(text)}</article><p><a href="/docs/errors">All error codes</a></p>`,
  });
}

export function errorIndexPage(shell: Shell, pages: ErrorPages): Html {
  return pageShell({
    shell,
    title: "Error codes",
    current: "docs",
    main: html`<h1>Error codes</h1><p class="lead">Each has a page: what happened, and how to fix it.</p><section class="card"><div class="wide"><table><caption class="hide">Error codes</caption><thead><tr><th scope="col">Code</th><th scope="col" class="num">Status</th><th scope="col">What it says</th></tr></thead><tbody>${[
      ...pages.keys(),
    ]
      .filter(isErrorCode)
      .map((code) => {
        const { status, title } = describeError(code);
        return html`<tr><td><a href="/docs/errors/${code}"><code>${code}</code></a></td><td class="num">${status ?? "order"}</td><td>${title}</td></tr>`;
      })}</tbody></table></div></section>`,
  });
}
