import { listUsers } from "@usher/database";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import { toWireUser } from "../../../wire/to-wire-access.ts";
import { pageOf, toWireList } from "../../../wire/to-wire-list.ts";

export function listUsersRoute({ database }: Pick<ApiDependencies, "database">) {
  return plainRoute("listUsers", async ({ query, caller }) => {
    const items = await database.withTenant(
      { tenantId: caller.tenantId, readOnly: true },
      listUsers,
    );
    return {
      body: toWireList(pageOf({ items, limit: query.limit, cursor: query.cursor }), toWireUser),
    };
  });
}
