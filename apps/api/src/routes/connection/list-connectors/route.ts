import type { WireConnector } from "@usher/api-contract";
import type { ConnectorManifest } from "@usher/connector-sdk/spec";
import { z } from "zod";
import type { ApiDependencies, BrokenConnector } from "../../../api-dependencies.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import { pageOf, toWireList } from "../../../wire/to-wire-list.ts";

/** What each vendor has to be told, and which packages could not be loaded. */
export function listConnectorsRoute({
  connectors,
  brokenConnectors = [],
}: Pick<ApiDependencies, "connectors" | "brokenConnectors">) {
  const all = [
    ...[...connectors.values()].map(({ manifest }) => toWireConnector(manifest)),
    ...brokenConnectors.map(toWireBroken),
  ].toSorted((one, other) => one.id.localeCompare(other.id));
  return plainRoute("listConnectors", ({ query }) => ({
    body: toWireList(
      pageOf({ items: all, limit: query.limit, cursor: query.cursor }),
      (one) => one,
    ),
  }));
}

function toWireConnector(manifest: ConnectorManifest): WireConnector {
  return {
    id: manifest.id,
    name: manifest.name,
    version: manifest.version,
    kinds: [...manifest.kinds],
    auth_kinds: [...manifest.authKinds],
    scopes: [...manifest.scopes],
    secret_fields: [...manifest.secretFields],
    webhook_events: [...manifest.webhookEvents],
    config_schema: jsonSchemaOf(manifest),
    problem: null,
  };
}

/** Empty where the schema has no JSON form: the connector is then configured from a file. */
function jsonSchemaOf({ configSchema }: ConnectorManifest): WireConnector["config_schema"] {
  try {
    return z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" });
  } catch {
    // One connector's odd schema must not keep the hub from starting.
    return {};
  }
}

function toWireBroken({ id, problem }: BrokenConnector): WireConnector {
  return {
    id,
    name: id,
    version: null,
    kinds: [],
    auth_kinds: [],
    scopes: [],
    secret_fields: [],
    webhook_events: [],
    config_schema: {},
    problem,
  };
}
