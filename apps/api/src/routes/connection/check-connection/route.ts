import type { WireConnectionCheck } from "@usher/api-contract";
import { findConnection, recordConnectionHealth } from "@usher/database";
import type { Instant } from "@usher/entitlement-core/kernel";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { checkSystem, isRefusal } from "../../../connection/check-system.ts";
import { connectorOf } from "../../../connection/connector-of.ts";
import { openSecrets } from "../../../connection/open-secrets.ts";
import { notFound } from "../../../http/api-problem.ts";
import { plainRoute } from "../../../http/route-handler.ts";

/** Looks at the vendor with the credentials in use. What it finds is the connection's health from now on. */
export function checkConnectionRoute(deps: ApiDependencies) {
  const { database, clock } = deps;
  return plainRoute("checkConnection", async ({ params, caller }) => {
    const { tenantId } = caller;
    const connection = await database.withTenant({ tenantId, readOnly: true }, (tx) =>
      findConnection(tx, params.id),
    );
    if (connection === null) throw notFound("connection");
    const found = connectorOf(deps, connection.vendor);
    if ("problem" in found) return { body: hindered(found.problem, clock()) };
    const opened = openSecrets(deps, connection);
    if ("problem" in opened) return { body: hindered(opened.problem, clock()) };
    const { shown, failure } = await checkSystem({
      deps,
      tenantId,
      connectionId: connection.id,
      kinds: connection.kinds,
      definition: found.definition,
      config: { ...connection.config, ...opened.secrets.config },
      credentialsVersion: connection.credentialsVersion,
    });
    await database.withTenant({ tenantId }, (tx) =>
      recordConnectionHealth(tx, {
        id: connection.id,
        now: clock() as Instant,
        outcome:
          failure === null
            ? { ok: true }
            : {
                ok: false,
                failure: { category: failure.category, message: failure.message },
                needsAttention: isRefusal(shown.outcome),
              },
      }),
    );
    return { body: shown };
  });
}

/** What keeps the hub from asking at all. */
function hindered(message: string, nowMs: number): WireConnectionCheck {
  const checked_at = new Date(nowMs).toISOString();
  return { outcome: "config", message, checked_at, took_ms: 0, parts: [] };
}
