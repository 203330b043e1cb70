import type { PeerAnswer, PeerCall, PeerRoutes } from "../../conformance.ts";

interface BillEvent {
  readonly id: string;
  readonly type: string;
  readonly object_id: string;
  readonly occurred_at: string;
}

/** The log of the fake Acme about its bills: kept for a time, in the order of stamp and id. */
export interface AcmeBillEventsPeer {
  readonly routes: PeerRoutes;
  /** Something happened to a bill; stamped now unless said otherwise. The event's id. */
  add(event: { readonly type: string; readonly billId: string; readonly stampMs?: number }): string;
  of(billIds: readonly string[]): readonly BillEvent[];
  /** Positions from before this instant are gone. */
  forgetBefore(ms: number): void;
}

export function createAcmeBillEventsPeer(): AcmeBillEventsPeer {
  const events: BillEvent[] = [];
  let keptSinceMs = 0;

  function list({ query }: PeerCall): PeerAnswer {
    const limit = Number(query.get("limit") ?? 100);
    const since = query.get("since") ?? "";
    const after = query.get("after") ?? "";
    if (after === "" && Date.parse(since) < keptSinceMs) {
      return { status: 410, body: { code: "position_expired", message: "read every bill" } };
    }
    const found = events
      .filter(({ occurred_at, id }) =>
        occurred_at === since ? after === "" || id > after : occurred_at > since,
      )
      .toSorted((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
    const page = found.slice(0, limit);
    return {
      body: {
        events: page,
        has_more: found.length > page.length,
        server_time: new Date().toISOString(),
      },
    };
  }

  return {
    routes: { "GET /v1/bill_events": list },
    add({ type, billId, stampMs = Date.now() }) {
      const id = `evt-${String(events.length + 1).padStart(6, "0")}`;
      events.push({ id, type, object_id: billId, occurred_at: new Date(stampMs).toISOString() });
      return id;
    },
    of: (billIds) => events.filter(({ object_id }) => billIds.includes(object_id)),
    forgetBefore(ms) {
      keptSinceMs = ms;
    },
  };
}

const placeOf = ({ occurred_at, id }: BillEvent) => `${occurred_at}|${id}`;
