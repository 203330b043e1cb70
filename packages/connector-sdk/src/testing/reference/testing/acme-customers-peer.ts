import type { PeerRoutes } from "../../conformance.ts";

interface CustomerRow {
  readonly id: string;
  readonly external_key: string;
}

/** Customers of the fake Acme: the external key is unique. */
export function createAcmeCustomersPeer(): {
  readonly routes: PeerRoutes;
  /** Customers whose key begins so: one, unless somebody made another up. */
  readonly count: (externalKey: string) => number;
} {
  const rows: CustomerRow[] = [];
  return {
    count: (externalKey) => rows.filter((row) => row.external_key.startsWith(externalKey)).length,
    routes: {
      "GET /v1/customers": ({ query }) => ({
        body: {
          customers: rows.filter((row) => row.external_key === query.get("external_key")),
        },
      }),
      "POST /v1/customers": ({ body }) => {
        const { external_key } = body as CustomerRow;
        const existing = rows.find((row) => row.external_key === external_key);
        if (existing !== undefined) {
          return { status: 409, body: { code: "already_exists", existing_id: existing.id } };
        }
        const row = { ...(body as object), id: `customer-${rows.length + 1}`, external_key };
        rows.push(row);
        return { status: 201, body: row };
      },
    },
  };
}
