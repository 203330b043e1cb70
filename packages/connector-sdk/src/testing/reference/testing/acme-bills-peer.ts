import type { PeerAnswer, PeerCall, PeerRoutes } from "../../conformance.ts";
import type { AcmeBillEventsPeer } from "./acme-bill-events-peer.ts";

interface BillRow {
  readonly id: string;
  readonly external_key: string;
  readonly kind: "subscription" | "invoice";
  readonly order_id: string;
  readonly revision: number;
  readonly total: string;
  readonly lines: readonly { readonly line_id: string }[];
  state: "open" | "paid" | "void" | "credited";
}

/** The bills of the fake Acme: the external key is unique, and a paid bill cannot be voided. */
export interface AcmeBillsPeer {
  readonly routes: PeerRoutes;
  /** A bill that stands there already. Its id. */
  add(orderId: string): string;
  /** Bills of the order that stand. */
  count(orderId: string): number;
  /** A person pays everything the order was billed. */
  pay(orderId: string): void;
  idsOf(orderId: string): readonly string[];
}

export function createAcmeBillsPeer(log: AcmeBillEventsPeer): AcmeBillsPeer {
  const rows: BillRow[] = [];
  const happened = (row: BillRow) => log.add({ type: `bill.${row.state}`, billId: row.id });
  const standing = (orderId: string) =>
    rows.filter((row) => row.order_id === orderId && ["open", "paid"].includes(row.state));

  function make({ body }: PeerCall): PeerAnswer {
    const given = body as Omit<BillRow, "id" | "state">;
    const existing = rows.find((row) => row.external_key === given.external_key);
    if (existing !== undefined) {
      return { status: 409, body: { code: "already_exists", existing_id: existing.id } };
    }
    const row: BillRow = { ...given, id: `bill-${rows.length + 1}`, state: "open" };
    rows.push(row);
    happened(row);
    return { status: 201, body: show(row) };
  }

  function listAll(query: URLSearchParams): PeerAnswer {
    const after = rows.findIndex(({ id }) => id === query.get("after"));
    const rest = rows.slice(after + 1);
    const page = rest.slice(0, Number(query.get("limit") ?? 100));
    return {
      body: {
        bills: page.map(show),
        has_more: rest.length > page.length,
        server_time: new Date().toISOString(),
      },
    };
  }

  const change = (from: BillRow["state"], to: BillRow["state"]) => (call: PeerCall) => {
    const row = rows.find(({ id }) => id === call.params["id"]);
    if (row === undefined) return { status: 404, body: { code: "not_found" } };
    if (row.state !== from && row.state !== to) {
      return { status: 422, body: { code: "invalid", message: `the bill is ${row.state}` } };
    }
    if (row.state === from) {
      row.state = to;
      happened(row);
    }
    return { body: show(row) };
  };

  return {
    add(orderId) {
      const id = `bill-${rows.length + 1}`;
      const row = { id, external_key: id, order_id: orderId, revision: 1, total: "1" };
      rows.push({ ...row, kind: "invoice", lines: [], state: "open" });
      return id;
    },
    count: (orderId) => standing(orderId).length,
    idsOf: (orderId) => standing(orderId).map(({ id }) => id),
    pay(orderId) {
      for (const row of standing(orderId)) {
        row.state = "paid";
        happened(row);
      }
    },
    routes: {
      "POST /v1/bills": make,
      "GET /v1/bills": ({ query }) =>
        query.has("order_id")
          ? {
              body: {
                bills: rows.filter((row) => row.order_id === query.get("order_id")).map(show),
              },
            }
          : listAll(query),
      "GET /v1/bills/:id": ({ params }) => {
        const row = rows.find(({ id }) => id === params["id"]);
        return row === undefined
          ? { status: 404, body: { code: "not_found" } }
          : { body: show(row) };
      },
      "POST /v1/bills/:id/void": change("open", "void"),
      "POST /v1/bills/:id/credit": change("paid", "credited"),
    },
  };
}

function show({ lines, ...row }: BillRow) {
  return { ...row, line_ids: lines.map(({ line_id }) => line_id) };
}
