import type { WireOrderEvent } from "@usher/api-contract";
import colors from "picocolors";

/** One line of a timeline, as the hub tells it. */
export function renderEvent(event: WireOrderEvent): string {
  return event.detail === null
    ? event.sentence
    : `${event.sentence} ${colors.dim(`· ${event.detail}`)}`;
}
