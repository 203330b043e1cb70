import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ConnectorDefinition } from "@usher/connector-sdk/spec";
import type { BrokenConnector } from "./api-dependencies.ts";

export interface LoadedConnectors {
  /** By the connector's id. */
  readonly connectors: ReadonlyMap<string, ConnectorDefinition>;
  readonly brokenConnectors: readonly BrokenConnector[];
}

/**
 * Every connector in a folder. They are found at run time, as plug-ins that keep the SDK's spec: the
 * API knows how to verify what a vendor sends without depending on any vendor. A package is a
 * connector when it exports a `create…Connector` function whose result has a manifest. One that
 * cannot be loaded is named with its reason and keeps no other from its work.
 */
export async function loadConnectors({
  folder,
}: {
  readonly folder: string;
}): Promise<LoadedConnectors> {
  const connectors = new Map<string, ConnectorDefinition>();
  const brokenConnectors: BrokenConnector[] = [];
  for (const entry of (await readdir(folder, { withFileTypes: true })).toSorted((one, other) =>
    one.name.localeCompare(other.name),
  )) {
    if (!entry.isDirectory()) continue;
    const home = join(folder, entry.name);
    try {
      const definition = await loadConnector(home);
      if (definition === null) continue;
      const { id } = definition.manifest;
      if (connectors.has(id)) throw new Error(`another package is the connector “${id}” already`);
      connectors.set(id, definition);
    } catch (error) {
      const [because] = (error instanceof Error ? error.message : String(error)).split("\n");
      const problem = `The connector package ${home} could not be loaded: ${because}. Its connections stand still; all others work.`;
      brokenConnectors.push({ id: entry.name, problem });
    }
  }
  return { connectors, brokenConnectors };
}

/** Null: the folder holds no package at all. */
async function loadConnector(folder: string): Promise<ConnectorDefinition | null> {
  const main = await mainOf(folder);
  if (main === null) return null;
  const module = (await import(pathToFileURL(join(folder, main)).href)) as Record<string, unknown>;
  for (const [name, value] of Object.entries(module)) {
    if (!/^create\w+Connector$/.test(name) || typeof value !== "function") continue;
    const made: unknown = value();
    if (isConnectorDefinition(made)) return made;
  }
  throw new Error("it exports no create…Connector function whose result has a manifest");
}

async function mainOf(folder: string): Promise<string | null> {
  const text = await readFile(join(folder, "package.json"), "utf8").catch(() => null);
  if (text === null) return null;
  const { exports } = JSON.parse(text) as { readonly exports?: Readonly<Record<string, string>> };
  const main = exports?.["."];
  if (main === undefined) throw new Error("its package.json names no file under exports “.”");
  return main;
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
