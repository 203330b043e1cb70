import { connectionStandings, listConnections } from "@usher/database";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import { toWireConnection } from "../../../wire/to-wire-connection.ts";
import { pageOf, toWireList } from "../../../wire/to-wire-list.ts";

export function listConnectionsRoute(deps: ApiDependencies) {
  return plainRoute("listConnections", async ({ query, caller }) =>
    deps.database.withTenant({ tenantId: caller.tenantId, readOnly: true }, async (tx) => {
      const items = await listConnections(tx);
      const standings = await connectionStandings(tx);
      const page = pageOf({ items, limit: query.limit, cursor: query.cursor });
      return {
        body: toWireList(page, (connection) =>
          toWireConnection({ connection, standing: standings.get(connection.id), deps }),
        ),
      };
    }),
  );
}
