import { createOpenApiDocument, type RouteDescription, routes } from "@usher/api-contract";
import { type Html, html } from "./html.ts";
import { pageShell, type Shell } from "./page-shell.ts";

const order = [
  "order",
  "approval",
  "check",
  "entitlement",
  "usage",
  "token",
  "catalog",
  "inbox",
  "connection",
  "access",
  "system",
];

/**
 * The API's reference, drawn from the same descriptions as /openapi.json. Plain HTML: it needs no
 * script, no other host and no bundle, so the strictest policy fits it.
 */
export function docsPage(shell: Shell, publicUrl: string): Html {
  const examples = requestExamples();
  const all = Object.values<RouteDescription>(routes);
  return pageShell({
    shell,
    title: "API",
    current: "docs",
    main: html`<h1>API reference</h1><p class="lead">OpenAPI 3.1 at <a href="/openapi.json">/openapi.json</a>. Errors are <code>application/problem+json</code>; <a href="/docs/errors">every code has a page</a>. Keys go into <code>Authorization: Bearer usher_sk_…</code></p>
${order.map((tag) => {
  const ofTag = all.filter((route) => route.tag === tag);
  return html`<section class="card"><h2 id="of-${tag}">${tag}</h2>${ofTag.map((route) => operation({ route, publicUrl, example: examples.get(route.operationId) }))}</section>`;
})}`,
  });
}

function operation({
  route,
  publicUrl,
  example,
}: {
  readonly route: RouteDescription;
  readonly publicUrl: string;
  readonly example: unknown;
}): Html {
  const isKeyed = route.access !== "public" && route.access !== "signed";
  return html`<details><summary><code>${route.method.toUpperCase()} ${route.path}</code> <span class="soft">${route.summary}</span></summary>${route.description === undefined ? "" : html`<p>${route.description}</p>`}<p class="small soft">${isKeyed ? html`Scope <code>${route.access}</code>. ` : "No key. "}${route.idempotency === "required" ? html`Needs <code>Idempotency-Key</code>. ` : route.idempotency === "optional" ? html`Takes <code>Idempotency-Key</code>. ` : ""}Answers ${route.success.status}${route.errors.length === 0 ? "." : html`, or ${route.errors.map((code) => html`<a href="/docs/errors/${code}"><code>${code}</code></a> `)}`}</p><pre>${curl({ route, publicUrl, example, isKeyed })}</pre></details>`;
}

function curl({
  route,
  publicUrl,
  example,
  isKeyed,
}: {
  readonly route: RouteDescription;
  readonly publicUrl: string;
  readonly example: unknown;
  readonly isKeyed: boolean;
}): string {
  return [
    `curl ${route.method === "post" ? "-X POST " : ""}"${publicUrl}${route.path}"`,
    ...(isKeyed ? ['-H "Authorization: Bearer $USHER_API_KEY"'] : []),
    ...(route.idempotency === "required" ? ['-H "Idempotency-Key: $(uuidgen)"'] : []),
    ...(route.body?.kind === "json" || example !== undefined
      ? ['-H "Content-Type: application/json"']
      : []),
    ...(example === undefined ? [] : [`-d '${JSON.stringify(example)}'`]),
  ].join(" \\\n  ");
}

/** The example of each request body, as the document shows it. */
function requestExamples(): ReadonlyMap<string, unknown> {
  const document = createOpenApiDocument();
  const schemas = (document.components?.schemas ?? {}) as Readonly<
    Record<string, { readonly example?: unknown }>
  >;
  const found = new Map<string, unknown>();
  for (const methods of Object.values(document.paths ?? {})) {
    for (const one of Object.values(
      methods as Record<string, { operationId?: string; requestBody?: unknown }>,
    )) {
      const text = JSON.stringify(one.requestBody ?? {});
      const name = /#\/components\/schemas\/(\w+)/.exec(text)?.[1];
      const example = name === undefined ? undefined : schemas[name]?.example;
      if (one.operationId !== undefined && example !== undefined)
        found.set(one.operationId, example);
    }
  }
  return found;
}
