import {
  findCustomer,
  listOrders,
  loadOrder,
  type OrderWithContent,
  type Page,
} from "@usher/database";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import { customerBy } from "../../../wire/customer-by.ts";
import { toWireList } from "../../../wire/to-wire-list.ts";
import { toWireOrder } from "../../../wire/to-wire-order.ts";

const nothing: Page<OrderWithContent> = { items: [], nextCursor: null };

export function listOrdersRoute({ database }: Pick<ApiDependencies, "database">) {
  return plainRoute("listOrders", async ({ query, caller }) => {
    const page = await database.withTenant(
      { tenantId: caller.tenantId, readOnly: true },
      async (tx) => {
        if (query.source_id !== undefined && query.source_system !== undefined) {
          const source = { system: query.source_system, id: query.source_id };
          const order = await loadOrder(tx, { source });
          return order === null ? nothing : { items: [order], nextCursor: null };
        }
        const customer =
          query.customer === undefined
            ? undefined
            : await findCustomer(tx, customerBy(query.customer));
        if (customer === null) return nothing;
        return listOrders(tx, {
          limit: query.limit,
          cursor: query.cursor ?? null,
          ...(query.status === undefined ? {} : { statuses: [query.status] }),
          ...(customer === undefined ? {} : { customerId: customer.id }),
          ...(query.source_system === undefined ? {} : { sourceSystem: query.source_system }),
          ...(query.source_id === undefined ? {} : { sourceId: query.source_id }),
          ...(query.number === undefined ? {} : { number: query.number }),
        });
      },
    );
    return { body: toWireList(page, toWireOrder) };
  });
}
