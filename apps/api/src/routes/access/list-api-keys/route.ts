import { listApiKeys } from "@usher/database";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import { toWireApiKey } from "../../../wire/to-wire-access.ts";
import { pageOf, toWireList } from "../../../wire/to-wire-list.ts";

export function listApiKeysRoute({ database }: Pick<ApiDependencies, "database">) {
  return plainRoute("listApiKeys", async ({ query, caller }) => {
    const items = await database.withTenant(
      { tenantId: caller.tenantId, readOnly: true },
      listApiKeys,
    );
    return {
      body: toWireList(pageOf({ items, limit: query.limit, cursor: query.cursor }), toWireApiKey),
    };
  });
}
