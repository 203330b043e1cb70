import { connectionStandings, findConnection } from "@usher/database";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { notFound } from "../../../http/api-problem.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import { toWireConnection } from "../../../wire/to-wire-connection.ts";

export function getConnectionRoute(deps: ApiDependencies) {
  return plainRoute("getConnection", async ({ params, caller }) =>
    deps.database.withTenant({ tenantId: caller.tenantId, readOnly: true }, async (tx) => {
      const connection = await findConnection(tx, params.id);
      if (connection === null) throw notFound("connection");
      const standings = await connectionStandings(tx, { connectionId: params.id });
      return { body: toWireConnection({ connection, standing: standings.get(params.id), deps }) };
    }),
  );
}
