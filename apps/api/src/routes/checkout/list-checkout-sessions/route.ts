import { listCheckoutSessions } from "@usher/database";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import {
  checkoutStatusesOf,
  toWireCheckoutSession,
} from "../../../wire/to-wire-checkout-session.ts";
import { toWireList } from "../../../wire/to-wire-list.ts";

export function listCheckoutSessionsRoute({ database }: Pick<ApiDependencies, "database">) {
  return plainRoute("listCheckoutSessions", async ({ query, caller: { tenantId } }) => {
    const page = await database.withTenant({ tenantId, readOnly: true }, (tx) =>
      listCheckoutSessions(tx, {
        limit: query.limit,
        cursor: query.cursor ?? null,
        ...(query.status === undefined ? {} : { statuses: checkoutStatusesOf(query.status) }),
      }),
    );
    return { body: toWireList(page, toWireCheckoutSession) };
  });
}
