import { listInbox } from "@usher/database";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import { toWireInboxMessage } from "../../../wire/to-wire-inbox-message.ts";
import { toWireList } from "../../../wire/to-wire-list.ts";

export function listInboxMessagesRoute({ database }: Pick<ApiDependencies, "database">) {
  return plainRoute("listInboxMessages", async ({ query, caller }) => {
    const page = await database.withTenant({ tenantId: caller.tenantId, readOnly: true }, (tx) =>
      listInbox(tx, {
        limit: query.limit,
        cursor: query.cursor ?? null,
        ...(query.status === undefined ? {} : { status: query.status }),
        ...(query.connection_id === undefined ? {} : { connectionId: query.connection_id }),
      }),
    );
    return { body: toWireList(page, toWireInboxMessage) };
  });
}
