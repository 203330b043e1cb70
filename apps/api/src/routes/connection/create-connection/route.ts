import type { ConnectorDefinition } from "@usher/connector-sdk/spec";
import { isConnectorError } from "@usher/connector-sdk/spec";
import { saveConnection } from "@usher/database";
import { sealConnectionSecrets } from "@usher/token-signer";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { ApiProblem } from "../../../http/api-problem.ts";
import { workRoute } from "../../../http/route-handler.ts";
import { toWireConnection } from "../../../wire/to-wire-connection.ts";

/**
 * Takes a connection apart into what is shown and what is sealed. The connector itself judges the
 * configuration, without a call; whether the credentials work, its first use tells.
 */
export function createConnectionRoute({
  connectors,
  keks,
  publicUrl,
}: Pick<ApiDependencies, "connectors" | "keks" | "publicUrl">) {
  return workRoute("createConnection", async ({ body, tx }) => {
    const definition = connectors.get(body.vendor);
    if (definition === undefined) {
      const known = [...connectors.keys()].toSorted().join(", ") || "none";
      throw wrongField(
        "/vendor",
        `expected one of the connectors of this hub (${known})`,
        "Send a known vendor.",
      );
    }
    const misplaced = definition.manifest.secretFields.find((field) => field in body.config);
    if (misplaced !== undefined) {
      throw wrongField(
        `/config/${misplaced}`,
        "this field is a secret",
        "Move it from config to secrets.",
      );
    }
    await refuseBadConfig(definition, { ...body.config, ...body.secrets });
    const secrets = { config: body.secrets, webhookSecrets: body.webhook_secrets };
    const connection = await saveConnection(tx, {
      vendor: body.vendor,
      name: body.name,
      kinds: body.kinds,
      config: body.config,
      sealedSecrets: sealConnectionSecrets({ secrets, kek: keks[0] }),
    });
    return { body: toWireConnection(connection, publicUrl) };
  });
}

async function refuseBadConfig(definition: ConnectorDefinition, config: unknown): Promise<void> {
  try {
    const system = definition.connect(
      { connectionId: "con_unsaved", config },
      { fetch: globalThis.fetch, now: Date.now },
    );
    await system.close();
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    const { message, where } = error.detail;
    throw wrongField(
      where === null ? "/config" : `/config/${where.field}`,
      message,
      "Correct the field; the connector's README explains each.",
    );
  }
}

function wrongField(pointer: string, detail: string, fix: string): ApiProblem {
  return new ApiProblem("invalid_request", `The connection cannot be made: ${detail}.`, {
    errors: [{ pointer, code: "invalid_config", detail, fix }],
  });
}
