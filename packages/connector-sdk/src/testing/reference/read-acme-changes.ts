import { connectorFailure } from "../../http/index.ts";
import type { RecentChanges } from "../../reading/index.ts";
import {
  type CallContext,
  type Checkpoint,
  type DealPage,
  isConnectorError,
} from "../../spec/index.ts";
import { type AcmeCheckpoint, acmeCheckpoint } from "./acme-checkpoint.ts";
import type { AcmeClient } from "./acme-client.ts";
import type { AcmeConfig } from "./acme-config.ts";
import { acmeChanges } from "./acme-deal-api.ts";

/** A checkpoint further ahead of Acme's clock than this is none of ours. */
const aheadMsMax = 24 * 60 * 60 * 1000;

/**
 * One page of changed deals, in the order (stamp, id), going on after the last row's pair: no count
 * of rows is kept, so that rows may come and go meanwhile. Rows are stamped before they are
 * committed; each pass therefore begins an overlap before the last one did, and what was announced
 * and stored by then is left out.
 */
export async function readAcmeChanges(input: {
  readonly checkpoint: Checkpoint | null;
  readonly config: AcmeConfig;
  readonly client: AcmeClient;
  readonly recent: RecentChanges;
  readonly now: () => number;
  readonly context: CallContext;
}): Promise<DealPage> {
  const { config, client, recent, now, context } = input;
  const from = parseCheckpoint(input.checkpoint, now());
  recent.begin(input.checkpoint);
  const read = (position: Pick<AcmeCheckpoint, "stamp" | "id">) =>
    client.send(
      {
        method: "GET",
        path: "/v1/changes",
        query: {
          limit: config.pageSize,
          since: position.stamp ?? undefined,
          after: position.id === "" ? undefined : position.id,
        },
        what: "Reading changed deals",
        schema: acmeChanges,
      },
      context,
    );
  let isFullRead = false;
  const page = await read(from).catch((error: unknown) => {
    if (!isForgotten(error)) throw error;
    isFullRead = true;
    return read({ stamp: null, id: "" });
  });
  const passStartedAt =
    isFullRead || from.passStartedAt === null ? page.server_time : from.passStartedAt;
  const last = page.deals.at(-1);
  const hasMore = page.has_more && last !== undefined;
  const reads = from.reads + 1;
  const checkpoint: AcmeCheckpoint = hasMore
    ? { stamp: last.modified_at, id: last.id, passStartedAt, reads }
    : {
        stamp: new Date(Date.parse(passStartedAt) - config.overlapSeconds * 1000).toISOString(),
        id: "",
        passStartedAt: null,
        reads,
      };
  const all = page.deals.map(({ id, modified_at }) => ({ dealId: id, version: modified_at }));
  const changes = all.filter((change) => !recent.isStored(change));
  recent.offered({ changes: all, checkpoint });
  return { changes, checkpoint, hasMore, ...(isFullRead ? { isFullRead } : {}) };
}

function parseCheckpoint(checkpoint: Checkpoint | null, nowMs: number): AcmeCheckpoint {
  if (checkpoint === null) return { stamp: null, id: "", passStartedAt: null, reads: 0 };
  const parsed = acmeCheckpoint.safeParse(checkpoint);
  const isFuture =
    parsed.success &&
    parsed.data.stamp !== null &&
    Date.parse(parsed.data.stamp) > nowMs + aheadMsMax;
  if (parsed.success && !isFuture) return parsed.data;
  throw connectorFailure({
    category: "config",
    message: `The checkpoint of the Acme stream is ${isFuture ? "ahead of the clock" : "damaged"}: expected {stamp, id, passStartedAt, reads} of an earlier read. Reset the stream to read everything again.`,
  });
}

/** Acme keeps changes for a limited time; a position before that is no longer there. */
function isForgotten(error: unknown): boolean {
  return isConnectorError(error) && error.detail.vendorCode === "position_expired";
}
