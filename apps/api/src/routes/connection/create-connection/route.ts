import { isDeepStrictEqual } from "node:util";
import {
  connectionStandings,
  findConnectionByName,
  type SealedConnection,
  saveConnection,
} from "@usher/database";
import { sealConnectionSecrets } from "@usher/token-signer";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { refuseBadConfig, wrongConfig } from "../../../connection/config-faults.ts";
import { connectorOf } from "../../../connection/connector-of.ts";
import { openSecrets } from "../../../connection/open-secrets.ts";
import { workRoute } from "../../../http/route-handler.ts";
import type { WebhookConnections } from "../../../inbound/webhook-connections.ts";
import { toWireConnection } from "../../../wire/to-wire-connection.ts";

/**
 * Takes a connection apart into what is shown and what is sealed. The connector itself judges the
 * configuration, without a call; whether the credentials work, a check tells.
 */
export function createConnectionRoute(
  deps: ApiDependencies & { readonly webhooks: WebhookConnections },
) {
  const { keks, webhooks } = deps;
  return workRoute("createConnection", async ({ body, tx, afterCommit }) => {
    const found = connectorOf(deps, body.vendor);
    if ("problem" in found) {
      throw wrongConfig([
        {
          pointer: "/vendor",
          code: "unknown_vendor",
          detail: found.problem,
          fix: "Send a vendor that GET /v1/connectors shows without a problem.",
        },
      ]);
    }
    await refuseBadConfig(found.definition, body);
    const secrets = { config: body.secrets, webhookSecrets: body.webhook_secrets };
    const before = await findConnectionByName(tx, body.name);
    const connection = await saveConnection(tx, {
      vendor: body.vendor,
      name: body.name,
      kinds: body.kinds,
      config: body.config,
      sealedSecrets: sealConnectionSecrets({ secrets, kek: keks[0] }),
      // Sent again as it is, such as by a script, it keeps the tokens it has got.
      keepsCredentials:
        before !== null &&
        before.vendor === body.vendor &&
        isDeepStrictEqual(before.config, body.config) &&
        holdsSecrets(deps, before, body.secrets),
    });
    afterCommit(() => webhooks.forget(connection.id));
    const standings = await connectionStandings(tx, { connectionId: connection.id });
    return {
      body: toWireConnection({ connection, standing: standings.get(connection.id), deps }),
    };
  });
}

function holdsSecrets(
  deps: Pick<ApiDependencies, "keks">,
  connection: SealedConnection,
  secrets: Readonly<Record<string, string>>,
): boolean {
  const opened = openSecrets(deps, connection);
  return "secrets" in opened && isDeepStrictEqual(opened.secrets.config, secrets);
}
