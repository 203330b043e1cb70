import { findInboxMessage } from "@usher/database";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { notFound } from "../../../http/api-problem.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import { toWireInboxMessage } from "../../../wire/to-wire-inbox-message.ts";

/** A message with what the vendor sent, for whoever finds out why it is in quarantine. */
export function getInboxMessageRoute({ database }: Pick<ApiDependencies, "database">) {
  return plainRoute("getInboxMessage", async ({ params, caller }) => {
    const message = await database.withTenant({ tenantId: caller.tenantId, readOnly: true }, (tx) =>
      findInboxMessage(tx, params.id),
    );
    if (message === null) throw notFound("inbox message");
    return {
      body: {
        ...toWireInboxMessage(message),
        payload: message.body ?? textOf(message.rawBody),
        replay: message.status === "quarantined" ? `usher inbox replay ${message.id}` : null,
      },
    };
  });
}

function textOf(rawBody: Uint8Array | null): string | null {
  return rawBody === null ? null : Buffer.from(rawBody).toString("utf8");
}
