import type { ProblemItem } from "@usher/api-contract";
import type { ConnectorDefinition } from "@usher/connector-sdk/spec";
import { isConnectorError } from "@usher/connector-sdk/spec";
import { ApiProblem } from "../http/api-problem.ts";
import { invalidRequest } from "../http/zod-faults.ts";

const fix = "Correct the field; GET /v1/connectors and the connector's README explain each.";

/**
 * Throws with every fault of a configuration, each at its place: below `/secrets` for a secret
 * field, below `/config` for another. A value is never repeated. The connector itself judges,
 * without a call; whether the credentials are good, a check tells.
 */
export async function refuseBadConfig(
  definition: ConnectorDefinition,
  given: {
    readonly config: Readonly<Record<string, unknown>>;
    readonly secrets: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const { configSchema, secretFields } = definition.manifest;
  const faults: ProblemItem[] = [];
  for (const field of Object.keys(given.config).filter((name) => secretFields.includes(name))) {
    faults.push({
      pointer: `/config/${field}`,
      code: "misplaced_secret",
      detail: "this field is a secret",
      fix: "Move it from config to secrets.",
    });
  }
  for (const field of Object.keys(given.secrets).filter((name) => !secretFields.includes(name))) {
    faults.push({
      pointer: `/secrets/${field}`,
      code: "misplaced_field",
      detail: "this field is no secret and would not be shown",
      fix: "Move it from secrets to config.",
    });
  }
  if (faults.length > 0) throw wrongConfig(faults);
  const whole = { ...given.config, ...given.secrets };
  const parsed = configSchema.safeParse(whole);
  if (!parsed.success) {
    const { errors } = invalidRequest({ error: parsed.error, place: "body" });
    throw wrongConfig(
      errors.map((fault) => ({
        ...fault,
        pointer: placed(fault.pointer, secretFields),
        fix: fault.code === "unknown_field" ? "Remove it, or check its spelling." : fix,
      })),
    );
  }
  try {
    const system = definition.connect(
      { connectionId: "con_unsaved", config: whole },
      { fetch: globalThis.fetch, now: Date.now },
    );
    await system.close();
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    const { message, where } = error.detail;
    const pointer = where === null ? "/config" : placed(`/${where.field}`, secretFields);
    throw wrongConfig([{ pointer, code: "invalid_config", detail: message, fix }]);
  }
}

function placed(pointer: string, secretFields: readonly string[]): string {
  const field = pointer.split("/")[1] ?? "";
  return `${secretFields.includes(field) ? "/secrets" : "/config"}${pointer}`;
}

export function wrongConfig(errors: readonly ProblemItem[]): ApiProblem {
  const [first] = errors;
  return new ApiProblem(
    "invalid_request",
    errors.length === 1
      ? `The configuration does not fit the connector: ${first?.pointer}: ${first?.detail}.`
      : `The configuration does not fit the connector: ${errors.length} things are wrong, see errors.`,
    { errors },
  );
}
