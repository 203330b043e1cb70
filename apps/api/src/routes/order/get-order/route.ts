import { loadOrder } from "@usher/database";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { notFound } from "../../../http/api-problem.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import { toWireOrder } from "../../../wire/to-wire-order.ts";

export function getOrderRoute({ database }: Pick<ApiDependencies, "database">) {
  return plainRoute("getOrder", async ({ params, caller }) => {
    const order = await database.withTenant({ tenantId: caller.tenantId, readOnly: true }, (tx) =>
      loadOrder(tx, params),
    );
    if (order === null) throw notFound("order");
    return { body: toWireOrder(order) };
  });
}
