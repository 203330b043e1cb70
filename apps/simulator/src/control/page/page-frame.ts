import { html } from "hono/html";
import { PAGE_STYLE } from "./page-style.ts";

/** What `hono/html` makes: escaped markup. */
export type Markup = ReturnType<typeof html>;

const TABS = [
  { href: "/", label: "Salesforce" },
  { href: "/hubspot", label: "HubSpot" },
  { href: "/billing", label: "Billing" },
  { href: "/weather", label: "Faults and webhooks" },
  { href: "/requests", label: "Requests" },
] as const;

/** The frame of every control page. `done` and `failed` are the outcome of the form that led here. */
export function pageFrame(input: {
  readonly title: string;
  readonly current: string;
  readonly done?: string | undefined;
  readonly failed?: string | undefined;
  readonly refreshSeconds?: number | undefined;
  readonly body: Markup | readonly Markup[];
}): Markup {
  const { title, current, done, failed, refreshSeconds, body } = input;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${refreshSeconds === undefined ? "" : html`<meta http-equiv="refresh" content="${refreshSeconds}">`}
<title>${title} · Usher simulator</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>Simulated Salesforce, HubSpot and Stripe</h1>
<p class="dim">Stand-ins on this machine, for trying and testing. Nothing here is the vendors', and nothing leaves the computer but notifications to the addresses you register.</p>
<nav aria-label="Pages">${TABS.map((tab) => html`<a href="${tab.href}" ${tab.href === current ? html`aria-current="page"` : ""}>${tab.label}</a>`)}<a href="/control">JSON routes</a></nav>
</header>
<main>
${done === undefined ? "" : html`<p class="note good" role="status">${done}</p>`}
${failed === undefined ? "" : html`<p class="note bad" role="alert">${failed}</p>`}
${body}
</main>
</body>
</html>`;
}

/** A button that posts, as a form of its own. */
export function actionButton(input: {
  readonly action: string;
  readonly label: string;
  readonly fields?: Readonly<Record<string, string>>;
}): Markup {
  const hidden = Object.entries(input.fields ?? {}).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return html`<form method="post" action="${input.action}">${hidden}<button class="small">${input.label}</button></form>`;
}

export function statusTag(status: string): Markup {
  return html`<span class="tag ${TONE[status] ?? ""}">${status}</span>`;
}

const TONE: Readonly<Record<string, string>> = {
  Active: "good",
  paid: "good",
  active: "good",
  Received: "wait",
  "Awaiting approval": "wait",
  Provisioning: "wait",
  draft: "wait",
  open: "wait",
  trialing: "wait",
  incomplete: "wait",
  "Action needed": "bad",
  Rejected: "bad",
  past_due: "bad",
  uncollectible: "bad",
};
