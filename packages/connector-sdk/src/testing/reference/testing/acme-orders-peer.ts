import type { PeerAnswer, PeerCall, PeerRoutes } from "../../conformance.ts";

interface OrderRow {
  readonly id: string;
  readonly number: string;
  readonly external_key: string;
  readonly customer_id: string;
  readonly currency: string;
  revision: number;
  total: string;
  lines: readonly { readonly line_id: string }[];
  state: "booked" | "invoiced" | "canceled" | "credited";
}

/** The sales orders of the fake Acme: the external key is unique, and what was invoiced can only be credited. */
export interface AcmeOrdersPeer {
  readonly routes: PeerRoutes;
  /** Sales orders of the external key that stand. */
  count(orderId: string): number;
  /** Accounting posts the invoice. */
  invoice(orderId: string): void;
}

export function createAcmeOrdersPeer(): AcmeOrdersPeer {
  const rows: OrderRow[] = [];
  const items = new Set<string>();
  const rowOf = ({ params }: PeerCall) => rows.find(({ id }) => id === params["id"]);

  function book({ body }: PeerCall): PeerAnswer {
    const given = body as Omit<OrderRow, "id" | "number" | "state">;
    const existing = rows.find((row) => row.external_key === given.external_key);
    if (existing !== undefined) {
      return { status: 409, body: { code: "already_exists", existing_id: existing.id } };
    }
    const number = rows.length + 1;
    const row: OrderRow = { ...given, id: `so-${number}`, number: `SO${number}`, state: "booked" };
    rows.push(row);
    return { status: 201, body: show(row) };
  }

  function amend(call: PeerCall): PeerAnswer {
    const row = rowOf(call);
    if (row === undefined) return { status: 404, body: { code: "not_found" } };
    if (row.state !== "booked") return refusedFor(row);
    const { revision, total, lines } = call.body as OrderRow;
    Object.assign(row, { revision, total, lines });
    return { body: show(row) };
  }

  const change = (from: OrderRow["state"], to: OrderRow["state"]) => (call: PeerCall) => {
    const row = rowOf(call);
    if (row === undefined) return { status: 404, body: { code: "not_found" } };
    if (row.state !== from && row.state !== to) return refusedFor(row);
    row.state = to;
    return { body: show(row) };
  };

  return {
    count: (orderId) =>
      rows.filter(
        (row) => row.external_key === orderId && ["booked", "invoiced"].includes(row.state),
      ).length,
    invoice(orderId) {
      for (const row of rows) if (row.external_key === orderId) row.state = "invoiced";
    },
    routes: {
      "PUT /v1/items/:sku": ({ params }) => {
        const sku = params["sku"] ?? "";
        const status = items.has(sku) ? 200 : 201;
        items.add(sku);
        return { status, body: { id: `item-${sku}` } };
      },
      "POST /v1/sales-orders": book,
      "GET /v1/sales-orders": ({ query }) => ({
        body: {
          sales_orders: rows
            .filter((row) => row.external_key === query.get("external_key"))
            .map(show),
        },
      }),
      "POST /v1/sales-orders/:id/amend": amend,
      "POST /v1/sales-orders/:id/cancel": change("booked", "canceled"),
      "POST /v1/sales-orders/:id/credit": change("invoiced", "credited"),
      "GET /v1/sales-orders/:id/invoices": (call) => ({
        body: { invoices: invoicesOf(rowOf(call)) },
      }),
    },
  };
}

function refusedFor(row: OrderRow): PeerAnswer {
  return { status: 422, body: { code: "invalid", message: `the order is ${row.state}` } };
}

function show({ lines, ...row }: OrderRow) {
  return { ...row, line_ids: lines.map(({ line_id }) => line_id) };
}

function invoicesOf(row: OrderRow | undefined) {
  if (row === undefined || row.state !== "invoiced") return [];
  const { id, total, currency } = row;
  return [{ id: `inv-${id}`, number: "1", state: "posted", untaxed: total, total, currency }];
}
