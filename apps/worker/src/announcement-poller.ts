import { storeInbound } from "@usher/database";
import type { ConnectionId } from "@usher/entitlement-core/kernel";
import type { ConnectionTurn } from "./connection-loops.ts";
import { type PollStreamDependencies, pollStream } from "./poll-stream.ts";
import type { TurnOutcome } from "./service-loop.ts";

/**
 * One turn of asking a billing system what it announced, in case a webhook did not arrive. Events go
 * into the inbox under the vendor's ids, so that those a webhook brought are known already.
 */
export function createAnnouncementPoller(deps: Omit<PollStreamDependencies, "atFailpoint">) {
  const { database, callVendor, metrics, log } = deps;
  return async (turn: ConnectionTurn): Promise<TurnOutcome> => {
    const { billing } = turn.vendor;
    const readAnnouncements = billing?.readAnnouncements?.bind(billing);
    if (readAnnouncements === undefined) return "idle";
    const connectionId = turn.vendor.connectionId as ConnectionId;
    // Its failpoints are those of the CRM's stream: a test that names one means a deal.
    const withoutFailpoints = { database, callVendor, metrics, log };
    return await pollStream(withoutFailpoints, {
      turn,
      stream: "events",
      operation: "readAnnouncements",
      read: (checkpoint, context) => readAnnouncements({ checkpoint }, context),
      async store(tx, page) {
        const events = page.events.map((event) => ({
          ...event,
          headers: {},
          rawBody: new TextEncoder().encode(JSON.stringify(event.body)),
        }));
        const stored = await storeInbound(tx, { connectionId, events });
        return stored.filter((one) => one.outcome === "stored").length;
      },
      onFresh: (events) =>
        log.info(
          { connection: connectionId, events },
          "announcements read that no webhook had brought yet",
        ),
    });
  };
}
