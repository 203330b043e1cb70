import { storeHints } from "@usher/database";
import type { ConnectionId } from "@usher/entitlement-core/kernel";
import type { ConnectionTurn } from "./connection-loops.ts";
import { type PollStreamDependencies, pollStream } from "./poll-stream.ts";
import type { TurnOutcome } from "./service-loop.ts";

/** One turn of asking a CRM what changed; hints go into the inbox. */
export function createCrmPoller(deps: PollStreamDependencies) {
  return async (turn: ConnectionTurn): Promise<TurnOutcome> => {
    const { crm } = turn.vendor;
    if (crm === null) return "idle";
    const connectionId = turn.vendor.connectionId as ConnectionId;
    return await pollStream(deps, {
      turn,
      stream: "deals",
      operation: "readChanges",
      read: (checkpoint, context) => crm.readChanges({ checkpoint }, context),
      store: (tx, { changes }) => storeHints(tx, { connectionId, changes }),
      onFresh: (changes) => deps.log.info({ connection: connectionId, changes }, "CRM polled"),
    });
  };
}
