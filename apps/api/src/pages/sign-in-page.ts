import { type Html, html } from "./html.ts";
import { pageShell, type Shell } from "./page-shell.ts";

/** Where a person proves who they are. `back` is the page they came for. */
export function signInPage(
  shell: Shell,
  { back, refusal }: { readonly back: string; readonly refusal: string | null },
): Html {
  return pageShell({
    shell,
    title: "Sign in",
    main: html`<section class="card narrow"><h1>Sign in</h1><p class="lead">With an API key that belongs to you, or by a link sent to you.</p>${
      refusal === null
        ? ""
        : html`<div class="note bad" role="alert"><strong>Not signed in</strong><p>${refusal}</p></div>`
    }<form method="post" action="/sign-in"><input type="hidden" name="back" value="${back}"><label for="api-key">API key</label><input id="api-key" name="api_key" type="password" autocomplete="current-password" spellcheck="false" required placeholder="usher_sk_…"><div class="acts"><button class="go">Sign in</button></div></form></section>`,
  });
}

/** A one-time link shows this and decides nothing: mail scanners open links before people do. */
export function signInLinkPage(
  shell: Shell,
  { code, back }: { readonly code: string; readonly back: string },
): Html {
  return pageShell({
    shell,
    title: "Sign in",
    main: html`<section class="card narrow"><h1>Sign in to Usher</h1><p class="lead">This link works once.</p><form method="post" action="/sign-in"><input type="hidden" name="code" value="${code}"><input type="hidden" name="back" value="${back}"><div class="acts"><button class="go">Sign in</button></div></form></section>`,
  });
}

/** A refusal met on a page: what happened and where to go from here. */
export function refusalPage(
  shell: Shell,
  {
    title,
    detail,
    code,
  }: { readonly title: string; readonly detail: string; readonly code: string },
): Html {
  return pageShell({
    shell,
    title,
    main: html`<section class="card narrow"><h1>${title}</h1><p>${detail}</p><p class="small"><a href="/docs/errors/${code}">What this means</a> · <a href="/orders">Orders</a> · <a href="/approvals">Approvals</a></p></section>`,
  });
}
