import type { OrderEvent } from "@usher/entitlement-core/order";
import { durationText, type TimeFormat } from "./format-time.ts";
import { type Html, html } from "./html.ts";

/** A stretch of the run in one lane. `to` null: it still goes on. */
export interface RunSpan {
  readonly lane: Lane;
  readonly kind: "work" | "wait" | "halt" | "good";
  readonly from: number;
  readonly to: number | null;
  readonly label: string;
}

export const lanes = ["Read", "Approve", "Bill", "Book", "Grant", "Tell", "Fix"] as const;
export type Lane = (typeof lanes)[number];

interface Happened {
  readonly event: OrderEvent;
  readonly at: number;
}

/** The run as stretches of work and waiting, drawn from what happened and nothing else. */
export function runSpans(events: readonly Happened[]): readonly RunSpan[] {
  const spans: RunSpan[] = [];
  const open = new Map<Lane, Omit<RunSpan, "to">>();
  const begin = (span: Omit<RunSpan, "to">) => {
    if (!open.has(span.lane)) open.set(span.lane, span);
  };
  const end = (lane: Lane, at: number) => {
    const span = open.get(lane);
    if (span === undefined) return;
    spans.push({ ...span, to: at });
    open.delete(lane);
  };
  const beginGrant = (from: number) =>
    begin({ lane: "Grant", kind: "work", from, label: "rights and token" });
  let provisioningAt = 0;
  let bookedAt = 0;
  for (const { event, at } of events) {
    switch (event.type) {
      case "order_received":
      case "revision_received":
        for (const lane of ["Approve", "Bill", "Book", "Grant", "Fix"] as const) end(lane, at);
        begin({ lane: "Read", kind: "work", from: at, label: `revision ${event.revision}` });
        break;
      case "order_validated":
        end("Read", at);
        break;
      case "approval_requested":
        end("Read", at);
        begin({ lane: "Approve", kind: "wait", from: at, label: event.waitingOn.who });
        break;
      case "order_approved":
      case "order_rejected":
        end("Read", at);
        end("Approve", at);
        break;
      case "provisioning_started":
        end("Read", at);
        end("Approve", at);
        end("Fix", at);
        begin({ lane: "Bill", kind: "work", from: at, label: "billing" });
        provisioningAt = at;
        break;
      case "order_billed":
        end("Bill", at);
        beginGrant(at);
        break;
      case "order_booked":
        // Beside the bill, and only where there is an ERP: nobody can tell before it is done.
        spans.push({ lane: "Book", kind: "work", from: provisioningAt, to: at, label: "booking" });
        // The grant waits for bill and booking: what came first was no grant yet.
        if (open.delete("Grant")) beginGrant(at);
        bookedAt = at;
        break;
      case "entitlements_granted": {
        // Nothing was billed: there is no bill to show.
        if (open.delete("Bill")) beginGrant(Math.max(provisioningAt, bookedAt));
        end("Grant", at);
        begin({ lane: "Tell", kind: "work", from: at, label: "CRM" });
        break;
      }
      case "crm_told":
        end("Tell", at);
        break;
      case "problem_found":
        for (const lane of ["Read", "Approve", "Bill", "Book", "Grant"] as const) end(lane, at);
        begin({ lane: "Fix", kind: "halt", from: at, label: "action needed" });
        break;
      case "order_resumed":
        end("Fix", at);
        break;
      case "order_canceled":
      case "order_ended":
        for (const lane of lanes) end(lane, at);
        break;
      case "approval_decided":
      case "approval_kept":
      case "approval_lapsed":
      case "payment_recorded":
      case "access_kept":
      case "token_issued":
      case "undoing_started":
      case "step_undone":
        break;
    }
  }
  // The CRM is told again for as long as the order lives; that is no open work.
  open.delete("Tell");
  for (const span of open.values()) spans.push({ ...span, to: null });
  return spans.toSorted((one, other) => one.from - other.from);
}

const left = 74;
const right = 700;
const laneHeight = 34;
const topSpace = 8;

/**
 * The spans as a picture. Waiting takes days where work takes milliseconds, so each stretch between
 * two happenings is drawn as wide as the logarithm of its length, and says its length in words.
 */
export function runPicture({
  spans,
  now,
  time,
}: {
  readonly spans: readonly RunSpan[];
  readonly now: number;
  readonly time: TimeFormat;
}): Html {
  const used = lanes.filter((lane) => spans.some((span) => span.lane === lane));
  if (used.length === 0) return html`<p class="soft">Nothing has run yet.</p>`;
  const placeOf = timeScale({ spans, now });
  const height = topSpace + used.length * laneHeight + 22;
  const first = spans[0]?.from ?? now;
  return html`<svg class="run" viewBox="0 0 720 ${height}" role="img" aria-label="${pictureText({ spans, now })}">
<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="g-hatch" x1="0" y1="0" x2="0" y2="7"/></pattern></defs>
${used.map((lane, index) => laneRow({ lane, y: topSpace + index * laneHeight, spans, placeOf, now }))}
<text class="t" x="${left}" y="${height - 5}">${time.text(first)}</text><text class="t" x="${right}" y="${height - 5}" text-anchor="end">${time.text(lastInstant(spans, now))}</text></svg>`;
}

function laneRow({
  lane,
  y,
  spans,
  placeOf,
  now,
}: {
  readonly lane: Lane;
  readonly y: number;
  readonly spans: readonly RunSpan[];
  readonly placeOf: (at: number) => number;
  readonly now: number;
}): Html {
  const ofLane = spans.filter((span) => span.lane === lane);
  return html`<text x="0" y="${y + 20}">${lane}</text><line class="g-row" x1="${left}" y1="${y + 30}" x2="${right}" y2="${y + 30}"/>${ofLane.map(
    (span) => {
      const from = placeOf(span.from);
      const width = Math.max(4, placeOf(span.to ?? now) - from);
      const length = durationText((span.to ?? now) - span.from);
      const words = span.to === null ? `${length} so far` : length;
      const isInside = width > words.length * 6.6 + 12;
      const x = isInside ? from + width / 2 : labelPlace({ from, width, words });
      return html`<rect class="g-${span.kind}" x="${round(from)}" y="${y + 6}" width="${round(width)}" height="19" rx="4"><title>${lane}: ${span.label}, ${words}</title></rect><text class="${isInside ? `in in-${span.kind}` : "t"}" x="${round(x)}" y="${y + 20}">${words}</text>`;
    },
  )}`;
}

/** Beside the bar, on whichever side there is room. */
function labelPlace({
  from,
  width,
  words,
}: {
  readonly from: number;
  readonly width: number;
  readonly words: string;
}): number {
  const needed = words.length * 6.2;
  return from + width + 6 + needed < right + 20
    ? from + width + 6
    : Math.max(left, from - needed - 4);
}

function timeScale({
  spans,
  now,
}: {
  readonly spans: readonly RunSpan[];
  readonly now: number;
}): (at: number) => number {
  const instants = [...new Set(spans.flatMap((span) => [span.from, span.to ?? now]))].toSorted(
    (one, other) => one - other,
  );
  const places = new Map<number, number>();
  let total = 0;
  instants.forEach((instant, index) => {
    const before = instants[index - 1];
    if (before !== undefined) total += Math.log1p(instant - before) + 1;
    places.set(instant, total);
  });
  return (at) => left + ((places.get(at) ?? 0) / (total || 1)) * (right - left);
}

function lastInstant(spans: readonly RunSpan[], now: number): number {
  return Math.max(...spans.map((span) => span.to ?? now));
}

/** The picture in words, for who does not see it. */
function pictureText({
  spans,
  now,
}: {
  readonly spans: readonly RunSpan[];
  readonly now: number;
}): string {
  const told = spans.map(
    (span) =>
      `${span.lane}: ${span.label}, ${durationText((span.to ?? now) - span.from)}${span.to === null ? " so far" : ""}`,
  );
  return `The run, step by step. ${told.join(". ")}.`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
