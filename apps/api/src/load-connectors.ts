import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ConnectorDefinition } from "@usher/connector-sdk/spec";

/**
 * Every connector in a folder, by its id. They are found at run time, as plug-ins that keep the
 * SDK's spec: the API knows how to verify what a vendor sends without depending on any vendor.
 * A package is a connector when it exports a `create…Connector` function whose result has a manifest.
 */
export async function loadConnectors({
  folder,
}: {
  readonly folder: string;
}): Promise<ReadonlyMap<string, ConnectorDefinition>> {
  const connectors = new Map<string, ConnectorDefinition>();
  for (const entry of (await readdir(folder, { withFileTypes: true })).toSorted((one, other) =>
    one.name.localeCompare(other.name),
  )) {
    if (!entry.isDirectory()) continue;
    const definition = await loadConnector(join(folder, entry.name));
    if (definition !== null) connectors.set(definition.manifest.id, definition);
  }
  return connectors;
}

async function loadConnector(folder: string): Promise<ConnectorDefinition | null> {
  const main = await mainOf(folder);
  if (main === null) return null;
  const module = (await import(pathToFileURL(join(folder, main)).href)) as Record<string, unknown>;
  for (const [name, value] of Object.entries(module)) {
    if (!/^create\w+Connector$/.test(name) || typeof value !== "function") continue;
    const made: unknown = value();
    if (isConnectorDefinition(made)) return made;
  }
  return null;
}

async function mainOf(folder: string): Promise<string | null> {
  const text = await readFile(join(folder, "package.json"), "utf8").catch(() => null);
  if (text === null) return null;
  const { exports } = JSON.parse(text) as { readonly exports?: Readonly<Record<string, string>> };
  return exports?.["."] ?? null;
}

function isConnectorDefinition(value: unknown): value is ConnectorDefinition {
  return (
    typeof value === "object" &&
    value !== null &&
    "manifest" in value &&
    "connect" in value &&
    typeof value.connect === "function"
  );
}
