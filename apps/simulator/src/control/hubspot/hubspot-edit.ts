import type { ChangeFeed } from "../../hubspot/change-feed.ts";
import type { ObjectRow, OwnerRow, Portal } from "../../hubspot/portal.ts";
import { ensureOwner, SALES_OWNER } from "../../hubspot/seed-portal.ts";
import type { Writing } from "../../hubspot/write-object.ts";
import type { SimulatorParts } from "../../simulator-parts.ts";
import { ControlError } from "../control-error.ts";

/** A person's hands in the portal: no faults, and properties that the API refuses can be set. */
export function beginHubSpotEdit(
  parts: Pick<SimulatorParts, "portal" | "hubspotFeed">,
  input: {
    readonly owner?: OwnerRow | undefined;
    readonly ageSeconds?: number;
    readonly isSilent?: boolean;
  } = {},
): Writing {
  const { portal } = parts;
  const feed: ChangeFeed = parts.hubspotFeed;
  const person = input.owner ?? ensureOwner(portal, SALES_OWNER);
  return {
    portal,
    feed,
    author: {
      isApi: false,
      userId: person.userId,
      stampMs: portal.now() - (input.ageSeconds ?? 0) * 1000,
      operation: "human",
      isSilent: input.isSilent ?? false,
    },
  };
}

const WON_NAMES = ["Closed Won", "Won"];
const LOST_NAMES = ["Closed Lost", "Lost"];

/** The portal's own id of a stage that a person names; any other name is one still open. */
export function stageIdOf(portal: Portal, name: string): string {
  const { stages } = portal.settings();
  const found =
    stages.find(({ id, label }) => id === name || label === name) ??
    stages.find(({ isWon, isClosed }) =>
      WON_NAMES.includes(name) ? isWon : LOST_NAMES.includes(name) ? isClosed && !isWon : !isClosed,
    );
  if (found === undefined) throw new ControlError(409, `The portal has no stage for ${name}.`);
  return found.id;
}

export function livingHubSpotDeal(portal: Portal, id: string): ObjectRow {
  const row = portal.table("deals").get(id);
  if (row === undefined || row.archivedMs !== null) throw new ControlError(404, `No deal ${id}.`);
  return row;
}
