import type { PeerAnswer, PeerCall, PeerRoutes } from "../../conformance.ts";

/** A deal as Acme answers it. */
export interface AcmeDealRow {
  readonly id: string;
  readonly name: string;
  readonly is_won: boolean;
  readonly currency: string;
  readonly closed_on: string;
  modified_at: string;
  readonly account: { readonly id: string; readonly name: string; readonly country: string };
  readonly owner: { readonly name: string; readonly email: string };
  modified_by: { readonly name: string; readonly email: string };
  readonly lines: readonly Readonly<Record<string, string | number | null>>[];
  usher: Readonly<Record<string, unknown>> | null;
}

export interface DealToAdd {
  readonly name?: string;
  readonly accountName?: string;
  readonly currency?: string;
  readonly sku?: string;
  readonly quantity?: string;
  readonly unitPrice?: string;
  readonly closedOn?: string;
  /** Epoch milliseconds; now when left out. */
  readonly stampMs?: number;
}

/** The deals of the fake Acme, and what a person or the weather does to them. */
export interface AcmeDealsPeer {
  readonly routes: PeerRoutes;
  add(deal: DealToAdd): string;
  remove(id: string): void;
  row(id: string): AcmeDealRow | undefined;
  /** Rows a page are one fewer than asked for while on. */
  answerShortPages(isOn: boolean): void;
  /** Positions from before this instant are gone. */
  forgetBefore(ms: number): void;
}

/** Most rows a paged query yields, by cursor or offset; those by position (`since`, `after`) begin anew each time. */
export const acmeResultCap = 12;
const dealsPerCallMax = 50;
const person = { name: "Ada Vale", email: "ada@seller.example" };
const integration = { name: "Usher", email: "usher@integration.acme.example" };

export function createAcmeDealsPeer(): AcmeDealsPeer {
  const rows = new Map<string, AcmeDealRow>();
  let lastId = 1_000_000;
  let isShort = false;
  let keptSinceMs = 0;

  function changes({ query }: PeerCall): PeerAnswer {
    const limit = Number(query.get("limit") ?? 100);
    const since = query.get("since") ?? "";
    const isNewPass = since !== "" && !query.has("after");
    if (isNewPass && Date.parse(since) < keptSinceMs) {
      return { status: 410, body: { code: "position_expired", message: "read everything again" } };
    }
    const [cursorStamp = "", cursorId = ""] = (query.get("cursor") ?? "").split("|");
    const found = [...rows.values()]
      .toSorted((one, other) => comparePlaces(placeOf(one), placeOf(other)))
      .filter((row) => isBehind(row, since, query.get("after") ?? ""));
    const start = query.has("cursor")
      ? found.findIndex((row) => isBehind(row, cursorStamp, cursorId || "~"))
      : Number(query.get("offset") ?? 0);
    const reachable = query.has("cursor") || query.has("offset") ? acmeResultCap : found.length;
    const rest = start < 0 ? [] : found.slice(start, Math.max(start, reachable));
    const page = rest.slice(0, isShort && limit > 1 ? limit - 1 : limit);
    return {
      body: {
        deals: page.map(({ id, modified_at }) => ({ id, modified_at })),
        has_more: rest.length > page.length,
        server_time: new Date().toISOString(),
      },
    };
  }

  function read({ query }: PeerCall): PeerAnswer {
    const ids = (query.get("ids") ?? "").split(",");
    if (ids.length > dealsPerCallMax) return { status: 422, body: { code: "invalid" } };
    return { body: { deals: ids.flatMap((id) => rows.get(id) ?? []) } };
  }

  function update({ body }: PeerCall): PeerAnswer {
    const { updates } = body as {
      readonly updates: readonly { readonly id: string; readonly usher: AcmeDealRow["usher"] }[];
    };
    if (updates.length > dealsPerCallMax) return { status: 422, body: { code: "invalid" } };
    const results = updates.map(({ id, usher }) => {
      const row = rows.get(id);
      if (row === undefined) {
        return { id, error: { code: "not_found", message: "there is no such deal" } };
      }
      row.usher = usher;
      row.modified_at = new Date().toISOString();
      row.modified_by = integration;
      return { id, error: null };
    });
    return { status: 207, body: { results } };
  }

  return {
    routes: { "GET /v1/changes": changes, "GET /v1/deals": read, "PATCH /v1/deals": update },
    add(deal) {
      lastId += 1;
      const id = String(lastId);
      rows.set(id, {
        id,
        name: deal.name ?? `Deal ${id}`,
        is_won: true,
        currency: deal.currency ?? "USD",
        closed_on: deal.closedOn ?? "2026-11-01",
        modified_at: new Date(deal.stampMs ?? Date.now()).toISOString(),
        account: { id: `account-${id}`, name: deal.accountName ?? "Ærø GmbH", country: "DE" },
        owner: person,
        modified_by: person,
        lines: [
          {
            id: `${id}-1`,
            sku: deal.sku ?? "PRO",
            name: "Pro",
            quantity: deal.quantity ?? "2",
            unit_price: deal.unitPrice ?? "48.21",
            starts_on: "2026-12-01",
            months: 12,
          },
        ],
        usher: null,
      });
      return id;
    },
    remove: (id) => {
      rows.delete(id);
    },
    row: (id) => rows.get(id),
    answerShortPages: (isOn) => {
      isShort = isOn;
    },
    forgetBefore: (ms) => {
      keptSinceMs = ms;
    },
  };
}

const placeOf = ({ modified_at, id }: AcmeDealRow) => `${modified_at}|${id}`;

function comparePlaces(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Whether the row comes after the position; without an id, a row of the very stamp does. */
function isBehind(row: AcmeDealRow, stamp: string, id: string): boolean {
  if (row.modified_at !== stamp) return row.modified_at > stamp;
  return id === "" || row.id > id;
}
