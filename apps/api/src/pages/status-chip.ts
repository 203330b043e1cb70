import type { OrderStatus } from "@usher/entitlement-core/order";
import { type Html, html } from "./html.ts";
import { lineMark, type Sign } from "./marks.ts";

const looks: Record<
  OrderStatus,
  {
    readonly tone: string;
    readonly sign: Sign;
    readonly kind: "good" | "bad" | "wait" | "work" | "calm";
  }
> = {
  Received: { tone: "", sign: "arrow", kind: "work" },
  "Awaiting approval": { tone: "warn", sign: "clock", kind: "wait" },
  Provisioning: { tone: "", sign: "arrow", kind: "work" },
  Active: { tone: "good", sign: "check", kind: "good" },
  "Action needed": { tone: "bad", sign: "alert", kind: "bad" },
  Rejected: { tone: "bad", sign: "cross", kind: "bad" },
  Canceled: { tone: "calm", sign: "cross", kind: "calm" },
  Ended: { tone: "calm", sign: "check", kind: "calm" },
};

/** A word of the ladder with its sign. */
export function statusChip(status: OrderStatus): Html {
  const { tone, sign, kind } = looks[status];
  return html`<span class="chip ${tone}">${lineMark(sign, kind)}${status}</span>`;
}
