import { existsSync } from "node:fs";
import { registerHooks } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { toWireCatalog, type WireCatalog } from "@usher/api-contract";
import type { Catalog } from "@usher/entitlement-core/catalog";
import { CliFailure } from "../cli-failure.ts";

/** Node runs TypeScript itself, so the file is simply imported. */
export async function loadCatalogFile(file: string): Promise<WireCatalog> {
  const path = resolve(file);
  if (!existsSync(path)) throw new CliFailure(`There is no catalog file ${path}.`);
  let module: { readonly default?: unknown };
  try {
    module = await importCatalog(path);
  } catch (cause) {
    const because = cause instanceof Error ? cause.message : String(cause);
    throw new CliFailure(`The catalog file ${path} could not be loaded: ${because}`, { cause });
  }
  // `defineCatalog` makes lists of what is written by key; without it nobody has judged the file.
  if (!isDefinedCatalog(module.default)) {
    throw new CliFailure(`The catalog file ${path} has no default export that is a catalog.`, {
      hint: "It should end with `export default defineCatalog({ … })`: docs/guides/write-a-catalog.md shows one.",
    });
  }
  // What it says is judged by the hub: one set of rules, one set of sentences.
  return toWireCatalog(module.default as Catalog);
}

// A catalog lies wherever its owner keeps it, where nothing is installed; `defineCatalog` is
// this clone's own.
async function importCatalog(path: string): Promise<{ readonly default?: unknown }> {
  const hooks = registerHooks({
    resolve: (specifier, context, nextResolve) =>
      specifier.startsWith("@usher/entitlement-core/")
        ? nextResolve(specifier, { ...context, parentURL: import.meta.url })
        : nextResolve(specifier, context),
  });
  try {
    return (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
  } finally {
    hooks.deregister();
  }
}

function isDefinedCatalog(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { features, offerings } = value as {
    readonly features?: unknown;
    readonly offerings?: unknown;
  };
  return Array.isArray(features) && Array.isArray(offerings);
}
