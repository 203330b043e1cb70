import { listOrderEvents, loadOrder } from "@usher/database";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { notFound } from "../../../http/api-problem.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import { toWireList } from "../../../wire/to-wire-list.ts";
import { toWireOrderEvent } from "../../../wire/to-wire-order.ts";

export function listOrderEventsRoute({ database }: Pick<ApiDependencies, "database">) {
  return plainRoute("listOrderEvents", async ({ params, query, caller }) => {
    const page = await database.withTenant(
      { tenantId: caller.tenantId, readOnly: true },
      async (tx) => {
        if ((await loadOrder(tx, params)) === null) throw notFound("order");
        return listOrderEvents(tx, {
          orderId: params.id,
          limit: query.limit,
          cursor: query.cursor ?? null,
        });
      },
    );
    return { body: toWireList(page, toWireOrderEvent) };
  });
}
