import type { Checkpoint, DealChange } from "../spec/crm-connector.ts";

/**
 * Keeps the overlap window from announcing the same change on every poll. A change is left out only
 * after its page's checkpoint was handed back, which says the page was stored; any other checkpoint
 * (a replay, a reset, another process) forgets everything and announces anew. Memory only: after a
 * restart the window is announced once more, and the hub's (deal, version) key takes care of it.
 */
export interface RecentChanges {
  /** To be told which checkpoint a read begins with. */
  begin(checkpoint: Checkpoint | null): void;
  isStored(change: DealChange): boolean;
  offered(page: { readonly changes: readonly DealChange[]; readonly checkpoint: Checkpoint }): void;
}

/** Above this many a window is announced again instead of remembered. */
const rememberedMax = 50_000;

export function createRecentChanges(): RecentChanges {
  const stored = new Map<string, string>();
  let offer: { readonly key: string; readonly changes: readonly DealChange[] } | null = null;

  return {
    begin(checkpoint) {
      if (offer === null || checkpoint === null || JSON.stringify(checkpoint) !== offer.key) {
        stored.clear();
        offer = null;
        return;
      }
      if (stored.size > rememberedMax) stored.clear();
      for (const { dealId, version } of offer.changes) stored.set(dealId, version);
    },
    isStored: ({ dealId, version }) => stored.get(dealId) === version,
    offered({ changes, checkpoint }) {
      offer = { key: JSON.stringify(checkpoint), changes };
    },
  };
}
