import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { ConnectorManifest } from "../spec/connector-manifest.ts";

/** Beside the package's README; written when a version is released, read by check 3. */
export const releasedManifestFile = "released-manifest.json";

const jsonSchema = z.record(z.string(), z.json());

const releasedManifest = z.object({
  id: z.string(),
  version: z.string(),
  kinds: z.array(z.string()),
  authKinds: z.array(z.string()),
  secretFields: z.array(z.string()),
  config: jsonSchema,
  streams: z.array(z.object({ name: z.string(), checkpoint: jsonSchema })),
  webhookEvents: z.array(z.string()),
});

/** What a released version promised: the part of a manifest that stored data leans on. */
export type ReleasedManifest = z.infer<typeof releasedManifest>;

export function readReleasedManifest(text: string): ReleasedManifest {
  return releasedManifest.parse(JSON.parse(text));
}

export function toReleasedManifest(manifest: ConnectorManifest): ReleasedManifest {
  const toSchema = (schema: z.ZodType) =>
    jsonSchema.parse(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
  return {
    id: manifest.id,
    version: manifest.version,
    kinds: [...manifest.kinds],
    authKinds: [...manifest.authKinds],
    secretFields: [...manifest.secretFields],
    config: toSchema(manifest.configSchema),
    streams: manifest.streams.map(({ name, checkpointSchema }) => ({
      name,
      checkpoint: toSchema(checkpointSchema),
    })),
    webhookEvents: [...manifest.webhookEvents],
  };
}

export interface ManifestBreak {
  readonly says: string;
  readonly path: string;
  readonly expected: unknown;
  readonly received: unknown;
}

/** Everything that was promised and is not kept. */
export function breaksOfManifest(input: {
  readonly released: ReleasedManifest;
  readonly manifest: ConnectorManifest;
}): readonly ManifestBreak[] {
  const { released } = input;
  const current = toReleasedManifest(input.manifest);
  const breaks: ManifestBreak[] = [];
  if (current.id !== released.id) {
    breaks.push({
      says: `The id was released as ${released.id}: connections are stored under it.`,
      path: "manifest.id",
      expected: released.id,
      received: current.id,
    });
  }
  for (const field of ["kinds", "authKinds", "secretFields", "webhookEvents"] as const) {
    const missing = released[field].filter((one) => !current[field].includes(one));
    if (missing.length === 0) continue;
    breaks.push({
      says: `manifest.${field} no longer has ${missing.join(", ")}, which version ${released.version} had.`,
      path: `manifest.${field}`,
      expected: released[field],
      received: current[field],
    });
  }
  breaks.push(...breaksOfSchema(released.config, current.config, "manifest.configSchema"));
  for (const stream of released.streams) {
    const kept = current.streams.find(({ name }) => name === stream.name);
    const path = `manifest.streams.${stream.name}`;
    if (kept === undefined) {
      breaks.push({
        says: `The stream ${stream.name} is gone: its checkpoints are stored under the name.`,
        path,
        expected: stream.name,
        received: current.streams.map(({ name }) => name),
      });
    } else breaks.push(...breaksOfSchema(stream.checkpoint, kept.checkpoint, path));
  }
  return breaks;
}

type JsonSchema = ReleasedManifest["config"];

/** What was accepted by `before` and may not be by `after`, as far as fields, types and listed values tell. */
function breaksOfSchema(
  before: JsonSchema,
  after: JsonSchema,
  path: string,
): readonly ManifestBreak[] {
  const [olds, news] = [alternatives(before), alternatives(after)];
  if (olds.length > 1 || news.length > 1) {
    return olds.flatMap((old) => {
      const candidates = news.map((one) => breaksOfSchema(old, one, path));
      if (candidates.some((found) => found.length === 0)) return [];
      return candidates.toSorted((one, other) => one.length - other.length)[0] ?? [];
    });
  }
  const breaks: ManifestBreak[] = [];
  for (const key of ["type", "const"] as const) {
    if (after[key] !== undefined && !isDeepStrictEqual(after[key], before[key])) {
      const numeric = before[key] === "integer" && after[key] === "number";
      if (numeric) continue;
      breaks.push({
        says: `${path} was ${String(before[key])} and now has to be ${String(after[key])}.`,
        path,
        expected: before[key],
        received: after[key],
      });
    }
  }
  const [oldValues, newValues] = [listOf(before["enum"]), listOf(after["enum"])];
  const lost = newValues.length === 0 ? [] : oldValues.filter((one) => !newValues.includes(one));
  if (lost.length > 0) {
    breaks.push({
      says: `${path} no longer accepts ${lost.join(", ")}.`,
      path,
      expected: oldValues,
      received: newValues,
    });
  }
  const [oldFields, newFields] = [fieldsOf(before), fieldsOf(after)];
  const wasRequired = new Set(listOf(before["required"]));
  for (const name of listOf(after["required"])) {
    if (wasRequired.has(name)) continue;
    breaks.push({
      says: `${path}.${name} has become required: stored values do not have it. Give it a default.`,
      path: `${path}.${name}`,
      expected: "optional",
      received: "required",
    });
  }
  for (const [name, old] of Object.entries(oldFields)) {
    const kept = newFields[name];
    if (kept !== undefined) breaks.push(...breaksOfSchema(old, kept, `${path}.${name}`));
    else if (after["additionalProperties"] === false) {
      breaks.push({
        says: `${path}.${name} is gone, and a stored value that has it is refused.`,
        path: `${path}.${name}`,
        expected: "accepted",
        received: "refused",
      });
    }
  }
  return breaks;
}

function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  const given = schema["anyOf"] ?? schema["oneOf"];
  return Array.isArray(given) ? given.map((one) => one as JsonSchema) : [schema];
}

function fieldsOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return (schema["properties"] ?? {}) as Record<string, JsonSchema>;
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
