import { isDeepStrictEqual } from "node:util";
import {
  connectionStandings,
  dropNextCredentials,
  findConnection,
  type NextCredentials,
  type SealedConnection,
  storeNextCredentials,
  switchCredentials,
} from "@usher/database";
import type { Instant } from "@usher/entitlement-core/kernel";
import { type ConnectionSecrets, sealConnectionSecrets } from "@usher/token-signer";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { checkSystem, isRefusal } from "../../../connection/check-system.ts";
import { refuseBadConfig, wrongConfig } from "../../../connection/config-faults.ts";
import { connectorOf } from "../../../connection/connector-of.ts";
import { openSecrets } from "../../../connection/open-secrets.ts";
import { ApiProblem, notFound } from "../../../http/api-problem.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import type { WebhookConnections } from "../../../inbound/webhook-connections.ts";
import { toWireConnection } from "../../../wire/to-wire-connection.ts";

const hourMs = 3_600_000;

/**
 * New credentials go beside those in use, are proven by a check, and are switched to in one step: at
 * no instant is the connection without good ones. Workers take them up with their next look at the
 * connection; calls that run end on the old ones. Safe to send again, whatever became of the last.
 */
export function rotateConnectionRoute(
  deps: ApiDependencies & { readonly webhooks: WebhookConnections },
) {
  const { database, keks, clock, webhooks } = deps;
  return plainRoute("rotateConnection", async ({ params, body, caller }) => {
    const { tenantId } = caller;
    const write = { tenantId };
    const connection = await database.withTenant({ tenantId, readOnly: true }, (tx) =>
      findConnection(tx, params.id),
    );
    if (connection === null) throw notFound("connection");
    const found = connectorOf(deps, connection.vendor);
    if ("problem" in found) throw new ApiProblem("credentials_unproven", found.problem);
    refuseNothing(body);
    const opened = openSecrets(deps, connection);
    if ("problem" in opened) throw new ApiProblem("credentials_unproven", opened.problem);
    const used = opened.secrets;
    const config = { ...connection.config, ...body.config };
    const secrets: ConnectionSecrets = {
      config: { ...used.config, ...body.secrets },
      ...(body.webhook_secrets === undefined
        ? {
            webhookSecrets: used.webhookSecrets,
            oldWebhookSecrets: used.oldWebhookSecrets ?? [],
          }
        : { webhookSecrets: body.webhook_secrets, oldWebhookSecrets: used.webhookSecrets }),
    };
    await refuseBadConfig(found.definition, { config, secrets: secrets.config });

    const proving: NextCredentials = {
      config,
      sealedSecrets: sealConnectionSecrets({ secrets, kek: keks[0] }),
    };
    await database.withTenant(write, (tx) =>
      storeNextCredentials(tx, {
        id: connection.id,
        ...proving,
        keepsTokens: isSameAsNext({ connection, config, secrets, deps }),
      }),
    );
    const { shown } = await checkSystem({
      deps,
      tenantId,
      connectionId: connection.id,
      kinds: connection.kinds,
      definition: found.definition,
      config: { ...config, ...secrets.config },
      credentialsVersion: connection.credentialsVersion + 1,
    });
    if (isRefusal(shown.outcome)) {
      await database.withTenant(write, (tx) =>
        dropNextCredentials(tx, { id: connection.id, refused: proving }),
      );
      throw new ApiProblem(
        "credentials_refused",
        `${shown.outcome}: ${shown.message} The credentials in use were not changed.`,
      );
    }
    if (shown.outcome !== "works") {
      throw new ApiProblem(
        "credentials_unproven",
        `${shown.message} The new credentials are kept beside those in use; send the same again.`,
      );
    }
    const rotated = await database.withTenant(write, async (tx) => {
      const isSwitched = await switchCredentials(tx, {
        id: connection.id,
        proven: proving,
        oldWebhookSecretsUntil:
          body.webhook_secrets === undefined
            ? connection.oldWebhookSecretsUntil
            : ((clock() + body.webhook_overlap_hours * hourMs) as Instant),
      });
      if (!isSwitched) {
        throw new ApiProblem(
          "rotation_overtaken",
          "Another rotation of this connection brought other credentials while these were being checked. Look at the connection and rotate again if it is still needed.",
        );
      }
      const switched = await findConnection(tx, connection.id);
      if (switched === null) throw notFound("connection");
      const standings = await connectionStandings(tx, { connectionId: connection.id });
      return toWireConnection({
        connection: switched,
        standing: standings.get(connection.id),
        deps,
      });
    });
    await webhooks.forget(connection.id);
    return { body: rotated };
  });
}

function refuseNothing(body: {
  readonly config: object;
  readonly secrets: object;
  readonly webhook_secrets?: readonly string[] | undefined;
}): void {
  const isEmpty =
    Object.keys(body.config).length === 0 &&
    Object.keys(body.secrets).length === 0 &&
    body.webhook_secrets === undefined;
  if (!isEmpty) return;
  throw wrongConfig([
    {
      pointer: "/secrets",
      code: "nothing_new",
      detail: "there is nothing to rotate to",
      fix: "Send secrets, webhook_secrets or config fields that are new.",
    },
  ]);
}

/** True when the last rotation brought the same and was not finished: what it got is still good. */
function isSameAsNext(input: {
  readonly connection: SealedConnection;
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: ConnectionSecrets;
  readonly deps: Pick<ApiDependencies, "keks">;
}): boolean {
  const { next } = input.connection;
  if (next === null) return false;
  const { name } = input.connection;
  const opened = openSecrets(input.deps, { sealedSecrets: next.sealedSecrets, name });
  return (
    "secrets" in opened &&
    isDeepStrictEqual(next.config, input.config) &&
    isDeepStrictEqual(opened.secrets.config, { ...input.secrets.config })
  );
}
