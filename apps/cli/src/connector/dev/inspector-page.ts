import { relative } from "node:path";
import type { ConnectorName } from "../connector-name.ts";
import { followScript, stateOf } from "./follow-newest.ts";
import { html, type Markup } from "./html.ts";
import { pageStyle } from "./page-style.ts";
import { type SceneCall, type SceneInput, type SceneStep, weathers } from "./scene.ts";
import type { ScenePlayed } from "./scene-runner.ts";
import { sequencePicture } from "./sequence-picture.ts";

interface PageInput {
  readonly name: ConnectorName;
  readonly title: string;
  /** Set on the newest page, which follows what is played; see `stateOf`. */
  readonly state?: string;
  readonly note?: string | null;
  readonly body: Markup;
}

function page({ name, title, state, note = null, body }: PageInput): string {
  const isFollowing = state !== undefined;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${isFollowing ? html`<noscript><meta http-equiv="refresh" content="1"></noscript>` : null}
<title>${title} · ${name.display}</title>
<style>${pageStyle}</style>
</head>
<body${isFollowing ? html` data-state="${state}"` : null}>
<header><h1>${title}</h1>
<p class="dim">The connector ${name.kebab}, run from the files on this disk against its peer on this machine. Nothing leaves the computer, and secrets are taken out of what is shown.</p>
<nav><a href="/">Newest</a></nav></header>
<main>
${note === null ? null : html`<p class="note" role="status">${note}</p>`}
${body}
</main>
${isFollowing ? followScript : null}
</body>
</html>`.markup;
}

/** The newest scene, kept up to date, or one of the past, which stands still. */
export function scenePage(input: {
  readonly name: ConnectorName;
  readonly played: ScenePlayed | undefined;
  readonly all: readonly ScenePlayed[];
  readonly isNewest: boolean;
  readonly isPlaying: boolean;
  readonly note: string | null;
}): string {
  const { name, played, all, isNewest, isPlaying, note } = input;
  const state = stateOf({ number: played?.number ?? null, isPlaying });
  if (played === undefined) {
    const waiting = html`<section><p>The first scene is being played …</p></section>`;
    return page({ name, title: "Inspector", state, body: waiting });
  }
  const { number, trace, tookMs, because } = played;
  const isGood = trace.failure === null && trace.steps.every(({ outcome }) => outcome === "good");
  return page({
    name,
    title: `Scene ${number}`,
    note,
    ...(isNewest ? { state } : {}),
    body: html`<section>
<p><span class="tag ${isGood ? "good" : "bad"}">${isGood ? "as it should be" : "something failed"}</span>
<span class="dim">${tookMs} ms after ${because === "asked" ? "it was asked for" : "a file was saved"}, weather ${trace.input.weather}${isPlaying ? "; another is being played" : ""}</span></p>
<div class="actions"><a class="button main" href="/scenes/${number}/edit">Edit and replay</a>
${action(`/scenes/${number}/replay`, "Replay")}
<a class="button" href="/scenes/${number}/test">Copy as test</a></div>
${trace.failure === null ? null : html`<p class="note bad" role="alert">${place(trace.failure.at)}</p><pre>${trace.failure.message}</pre>`}
${sequencePicture({ vendor: name.display, steps: trace.steps })}
</section>
${inboundSection(played)}
<div class="two">
<section><h2>What the connector made of it</h2>${json(trace.events.length === 0 ? trace.read : { events: trace.events, ...asObject(trace.read) })}</section>
${trace.input.deal === null ? null : html`<section><h2>The order it would start</h2>${orderOf(played)}</section>`}
</div>
<section><h2>Every call</h2>${callsOf(played)}</section>
<section><h2>Told to the log</h2>${logOf(played)}</section>
<section><h2>Scenes</h2><ul>${all.map((one) => html`<li><a href="/scenes/${one.number}">Scene ${one.number}</a> <span class="dim">${one.trace.input.weather}, ${one.tookMs} ms</span></li>`)}</ul></section>`,
  });
}

function inboundSection({ trace }: ScenePlayed): Markup | null {
  const { inbound } = trace;
  if (inbound === null) return null;
  return html`<section><h2>What came in</h2>
<p><span class="tag ${inbound.isVerified ? "good" : "bad"}">signature: ${inbound.verdict}</span> ${inbound.detail} <span class="dim">Answered ${inbound.answer}.</span></p>
<pre>${headerLines(inbound.headers)}

${inbound.body}</pre></section>`;
}

function orderOf({ trace }: ScenePlayed): Markup {
  if (trace.order === null) return html`<p class="dim">None: no deal was read.</p>`;
  if (trace.order.kind === "content") return json(trace.order.content);
  return html`<p class="dim">None. Sales reads, on the deal:</p><ul>${trace.order.sentences.map((one) => html`<li>${one}</li>`)}</ul>`;
}

function callsOf({ number, trace }: ScenePlayed): Markup {
  const steps = trace.steps.filter(({ calls, error }) => calls.length > 0 || error !== null);
  if (steps.length === 0) return html`<p class="dim">None was made.</p>`;
  let index = -1;
  return html`${steps.map(
    (step) =>
      html`<h3>${step.label}</h3>${failureOf(step)}${step.calls.map((call) => {
        index += 1;
        return callDetails(call, number, index);
      })}`,
  )}`;
}

/** An entry a line, as a log has them. */
function logOf({ trace }: ScenePlayed): Markup {
  if (trace.log.length === 0) return html`<p class="dim">Nothing.</p>`;
  return html`<pre>${trace.log.map((entry) => JSON.stringify(entry)).join("\n")}</pre>`;
}

function failureOf({ error }: SceneStep): Markup | null {
  if (error === null) return null;
  return html`<p class="note bad"><strong>${error.category}</strong> ${place(error.at)}<br>${error.message}</p>`;
}

function callDetails(call: SceneCall, number: number, index: number): Markup {
  const tone = call.status !== null && call.status < 400 ? "good" : "bad";
  return html`<details><summary><span class="tag ${tone}">${call.status ?? "no answer"}</span> ${call.method} ${call.path}</summary>
<div class="actions">${action(`/scenes/${number}/calls/${index}/fixture`, "Save as fixture")}</div>
<div class="two"><pre>${call.method} ${call.path}
${headerLines(call.requestHeaders)}

${call.requestBody}</pre><pre>${call.status ?? "no answer"}
${headerLines(call.answerHeaders)}

${call.answerBody}</pre></div></details>`;
}

/** Everything about a scene that a person may change before it is played again. */
export function editPage(input: {
  readonly name: ConnectorName;
  readonly number: number;
  readonly scene: SceneInput;
  readonly signedBody: string | null;
}): string {
  const { name, number, scene, signedBody } = input;
  const { deal, delivery } = scene;
  const field = (label: string, key: string, value: string) =>
    html`<label>${label}<input name="${key}" value="${value}"></label>`;
  const choice = (label: string, key: string, options: readonly string[], chosen: string) =>
    html`<label>${label}<select name="${key}">${options.map((one) => (one === chosen ? html`<option selected>${one}</option>` : html`<option>${one}</option>`))}</select></label>`;
  return page({
    name,
    title: `Edit scene ${number}`,
    body: html`<section><form class="grid" method="post" action="/scenes">
${choice("Weather", "weather", weathers, scene.weather)}
${
  deal === null
    ? null
    : [
        field("Deal", "deal.name", deal.name),
        field("Account", "deal.accountName", deal.accountName),
        field("Currency", "deal.currency", deal.currency),
        field("Quantity", "deal.quantity", deal.quantity),
        field("Unit price", "deal.unitPrice", deal.unitPrice),
        field("Closed on", "deal.closedOn", deal.closedOn),
      ]
}
${
  delivery === null
    ? null
    : [
        field("Event id", "delivery.eventId", delivery.eventId),
        field("Event type (empty: the vendor's usual)", "delivery.type", delivery.type),
        choice(
          "Signed with",
          "delivery.secret",
          ["current", "previous", "another"],
          delivery.secret,
        ),
        field(
          "Signed so many seconds ago (negative: ahead)",
          "delivery.signedSecondsAgo",
          String(delivery.signedSecondsAgo),
        ),
        choice(
          "The event",
          "delivery.isBroken",
          ["is whole", "is broken"],
          delivery.isBroken ? "is broken" : "is whole",
        ),
        html`<input type="hidden" name="delivery.signedBody" value="${delivery.body === null ? (signedBody ?? "") : ""}">
<label class="wide">Body: change it, and it arrives so under the signature of what it was<textarea name="delivery.body" spellcheck="false">${delivery.body ?? signedBody ?? ""}</textarea></label>`,
      ]
}
<div class="actions"><button class="main">Replay</button></div>
</form></section>`,
  });
}

export function testPage(input: {
  readonly name: ConnectorName;
  readonly number: number;
  readonly code: string | null;
}): string {
  const { name, number, code } = input;
  return page({
    name,
    title: `Scene ${number} as a test`,
    body:
      code === null
        ? html`<section><p>This scene read no deal, so there is nothing to hold the connector to but the conformance kit.</p></section>`
        : html`<section><p class="dim">To copy, or to write into the connector's <code>src</code>.</p><div class="actions">${action(`/scenes/${number}/test`, "Write the test")}</div><pre>${code}</pre></section>`,
  });
}

export function problemPage(name: ConnectorName, message: string): string {
  return page({
    name,
    title: "That did not work",
    body: html`<section><p>${message}</p></section>`,
  });
}

function action(path: string, label: string): Markup {
  return html`<form method="post" action="${path}"><button>${label}</button></form>`;
}

function place(at: string | null): Markup | null {
  return at === null
    ? null
    : html`<code>${at.startsWith("/") ? relative(process.cwd(), at) : at}</code>`;
}

function headerLines(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
}

function json(value: unknown): Markup {
  return html`<pre>${JSON.stringify(value, null, 2) ?? "nothing"}</pre>`;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
