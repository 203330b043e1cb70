import type { WireOrder, WireOrderEvent } from "@usher/api-contract";
import colors from "picocolors";

const goodDay = ["Received", "Awaiting approval", "Provisioning", "Active"] as const;
type Stop = (typeof goodDay)[number];

/** Which event shows that a stop was reached. Whoever needed nobody's yes skips the second. */
const reachedBy: Readonly<Record<string, Stop>> = {
  order_received: "Received",
  approval_requested: "Awaiting approval",
  provisioning_started: "Provisioning",
  entitlements_granted: "Active",
};

const stopOfProblem: Readonly<Record<NonNullable<WireOrder["problem"]>["resume_at"], Stop>> = {
  validation: "Received",
  approval: "Awaiting approval",
  provisioning: "Provisioning",
  undo: "Provisioning",
  "write-back": "Active",
};

/** The ladder in one line: where the order has been, where it stands, what is left. */
export function renderRail(order: WireOrder, events: readonly WireOrderEvent[]): string {
  const reached = new Set(events.map((event) => reachedBy[event.type]));
  const stuckAt = order.problem === null ? undefined : stopOfProblem[order.problem.resume_at];
  const isOver = !goodDay.includes(order.status as Stop) && stuckAt === undefined;
  const stops = goodDay.flatMap((stop) => {
    if (stop === stuckAt) return colors.red(`✗ ${stop}`);
    if (stop === order.status) return colors.bold(`${stop === "Active" ? "✓" : "●"} ${stop}`);
    if (reached.has(stop)) return colors.green(`✓ ${stop}`);
    const isAhead = !isOver && goodDay.indexOf(stop) > goodDay.indexOf(placeOf(order, stuckAt));
    return isAhead ? colors.dim(`○ ${stop}`) : [];
  });
  const end = isOver ? [colors.bold(`■ ${order.status}`)] : [];
  return [...stops, ...end].join(colors.dim(" ── "));
}

function placeOf(order: WireOrder, stuckAt: Stop | undefined): Stop {
  return stuckAt ?? goodDay.find((stop) => stop === order.status) ?? "Received";
}
