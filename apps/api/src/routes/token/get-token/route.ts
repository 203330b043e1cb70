import { findToken } from "@usher/database";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { notFound } from "../../../http/api-problem.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import { toWireToken } from "../../../wire/to-wire-token.ts";

export function getTokenRoute({ database }: Pick<ApiDependencies, "database">) {
  return plainRoute("getToken", async ({ params, caller }) => {
    const token = await database.withTenant({ tenantId: caller.tenantId, readOnly: true }, (tx) =>
      findToken(tx, params.jti),
    );
    if (token === null) throw notFound("token");
    return { body: toWireToken(token) };
  });
}
