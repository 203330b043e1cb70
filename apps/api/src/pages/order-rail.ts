import type { OrderEvent, OrderState, OrderStatus } from "@usher/entitlement-core/order";
import type { TimeFormat } from "./format-time.ts";
import { type Html, html } from "./html.ts";
import { railMark, type Sign } from "./marks.ts";

/** One stop of the ladder, as the rail shows it. */
export interface RailStop {
  readonly name: string;
  /** `done` behind us, `now` here, `halt` stuck or ended here, `ahead` still to come. */
  readonly place: "done" | "now" | "halt" | "ahead";
  readonly detail: string;
}

interface Happened {
  readonly event: OrderEvent;
  readonly at: number;
}

const goodDay = ["Received", "Awaiting approval", "Provisioning", "Active"] as const;
type Stop = (typeof goodDay)[number];

/** The ladder for one order: where it has been, where it stands, what is left. Pure over its events. */
export function railStops({
  status,
  state,
  events,
  time,
}: {
  readonly status: OrderStatus;
  readonly state: OrderState;
  readonly events: readonly Happened[];
  readonly time: TimeFormat;
}): readonly RailStop[] {
  const current = currentStop(status, state);
  const currentIndex = goodDay.indexOf(current);
  const stops = goodDay.map((name, index): RailStop => {
    if (index < currentIndex)
      return { name, place: "done", detail: detailOf({ name, events, time, isPast: true }) };
    if (index > currentIndex) return { name, place: "ahead", detail: "" };
    return {
      name,
      place: placeOf(status),
      detail: detailOf({ name, events, time, isPast: false }),
    };
  });
  if (status === "Rejected" || status === "Canceled" || status === "Ended") {
    return [
      ...stops.slice(0, currentIndex + 1).map((stop) => ({ ...stop, place: "done" as const })),
      { name: status, place: status === "Ended" ? "done" : "halt", detail: lastTime(events, time) },
    ];
  }
  if (status === "Action needed") {
    return stops.map((stop) =>
      stop.place === "halt" ? { ...stop, detail: "Action needed here" } : stop,
    );
  }
  return stops;
}

function currentStop(status: OrderStatus, state: OrderState): Stop {
  switch (status) {
    case "Received":
    case "Awaiting approval":
    case "Provisioning":
    case "Active":
      return status;
    case "Ended":
      return "Active";
    case "Action needed":
      return state.phase === "action-needed" ? stopOfResume(state.problem.resumeAt) : "Received";
    case "Rejected":
      return "Awaiting approval";
    case "Canceled":
      return "Received";
  }
}

function stopOfResume(
  resumeAt: Extract<OrderState, { phase: "action-needed" }>["problem"]["resumeAt"],
): Stop {
  switch (resumeAt) {
    case "validation":
      return "Received";
    case "approval":
      return "Awaiting approval";
    case "provisioning":
    case "undo":
      return "Provisioning";
    case "write-back":
      return "Active";
  }
}

function placeOf(status: OrderStatus): RailStop["place"] {
  if (status === "Action needed") return "halt";
  return status === "Active" ? "done" : "now";
}

function detailOf({
  name,
  events,
  time,
  isPast,
}: {
  readonly name: Stop;
  readonly events: readonly Happened[];
  readonly time: TimeFormat;
  readonly isPast: boolean;
}): string {
  const last = (...types: readonly OrderEvent["type"][]) =>
    events.findLast(({ event }) => types.includes(event.type));
  switch (name) {
    case "Received": {
      const received = last("order_received", "revision_received");
      return received === undefined ? "" : time.text(received.at);
    }
    case "Awaiting approval": {
      const decided = last("order_approved", "approval_decided", "approval_requested");
      if (last("approval_requested", "approval_kept") === undefined)
        return isPast ? "Nobody had to be asked" : "";
      return decided === undefined ? "" : time.text(decided.at);
    }
    case "Provisioning": {
      const started = last("entitlements_granted", "provisioning_started");
      return started === undefined ? "" : time.text(started.at);
    }
    case "Active": {
      const granted = last("entitlements_granted", "access_kept");
      return granted === undefined ? "" : `since ${time.text(granted.at)}`;
    }
  }
}

function lastTime(events: readonly Happened[], time: TimeFormat): string {
  const last = events.at(-1);
  return last === undefined ? "" : time.text(last.at);
}

const signs: Record<RailStop["place"], Sign> = {
  done: "check",
  now: "clock",
  halt: "alert",
  ahead: "empty",
};
const words: Record<RailStop["place"], string> = {
  done: "done",
  now: "now",
  halt: "stopped here",
  ahead: "to come",
};

export function orderRail(stops: readonly RailStop[]): Html {
  return html`<ol class="rail" aria-label="Where the order stands">${stops.map(
    (stop) =>
      html`<li class="${stop.place}"${stop.place === "now" || stop.place === "halt" ? html` aria-current="step"` : ""}>${railMark(signs[stop.place])}<b>${stop.name}<span class="hide"> (${words[stop.place]})</span></b>${stop.detail === "" ? "" : html`<span>${stop.detail}</span>`}</li>`,
  )}</ol>`;
}
