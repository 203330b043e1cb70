import { listConnections } from "@usher/database";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import { toWireConnection } from "../../../wire/to-wire-connection.ts";
import { pageOf, toWireList } from "../../../wire/to-wire-list.ts";

export function listConnectionsRoute({
  database,
  publicUrl,
}: Pick<ApiDependencies, "database" | "publicUrl">) {
  return plainRoute("listConnections", async ({ query, caller }) => {
    const items = await database.withTenant(
      { tenantId: caller.tenantId, readOnly: true },
      listConnections,
    );
    const page = pageOf({ items, limit: query.limit, cursor: query.cursor });
    return { body: toWireList(page, (one) => toWireConnection(one, publicUrl)) };
  });
}
