import { findCheckoutSession } from "@usher/database";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { notFound } from "../../../http/api-problem.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import { toWireCheckoutSession } from "../../../wire/to-wire-checkout-session.ts";

export function getCheckoutSessionRoute({ database }: Pick<ApiDependencies, "database">) {
  return plainRoute("getCheckoutSession", async ({ params, caller: { tenantId } }) => {
    const session = await database.withTenant({ tenantId, readOnly: true }, (tx) =>
      findCheckoutSession(tx, { id: params.id }),
    );
    if (session === null) throw notFound("checkout session");
    return { body: toWireCheckoutSession(session) };
  });
}
