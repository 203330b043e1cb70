import type { Catalog } from "@usher/entitlement-core/catalog";
import type { z } from "zod";
import type { catalogSchema } from "./catalog-schema.ts";

export type WireCatalog = z.infer<typeof catalogSchema>;

/**
 * The typed catalog file as JSON of the wire, and back. Only names of fields differ (camelCase in
 * code, snake_case outside); no field of a catalog has keys that are data, so one rule fits all.
 */
export function toWireCatalog(catalog: Catalog): WireCatalog {
  return renameKeys(catalog, toSnakeCase) as WireCatalog;
}

/** The inverse of `toWireCatalog`. Shape only: whether the catalog contradicts itself is for the core to say. */
export function fromWireCatalog(wire: WireCatalog): Catalog {
  return renameKeys(wire, toCamelCase) as Catalog;
}

/** Anything made of plain JSON with the fields of our own types, renamed for the wire. */
export function toWire(value: unknown): unknown {
  return renameKeys(value, toSnakeCase);
}

function renameKeys(value: unknown, rename: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renameKeys(item, rename));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([key, field]) => [rename(key), renameKeys(field, rename)]),
  );
}

function toSnakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function toCamelCase(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
