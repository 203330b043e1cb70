import type { WireConnectionCheck } from "@usher/api-contract";
import type {
  CallContext,
  ConnectedSystem,
  ConnectorDefinition,
  ConnectorErrorCategory,
  ConnectorErrorDetail,
} from "@usher/connector-sdk/spec";
import { ConnectorError, isConnectorError } from "@usher/connector-sdk/spec";
import type { ApiDependencies } from "../api-dependencies.ts";
import { connectSystem, type SystemToConnect } from "./connect-system.ts";

type Outcome = WireConnectionCheck["outcome"];
type Part = WireConnectionCheck["parts"][number];

/** What was found, with what the vendor refused (null: nothing) for the connection's health. */
export interface SystemCheck {
  readonly shown: WireConnectionCheck;
  readonly failure: ConnectorErrorDetail | null;
}

const checkMsMax = 10_000;

/**
 * Connects with the given credentials and asks the vendor, read-only, for each kind the connection
 * is used as. Tokens it gets on the way are kept for the credentials' version, so that a refresh
 * token which rotates is not lost to a check.
 */
export async function checkSystem(
  input: SystemToConnect & {
    readonly deps: Pick<ApiDependencies, "log">;
    readonly kinds: readonly Part["kind"][];
  },
): Promise<SystemCheck> {
  const { deps, definition, connectionId } = input;
  const { clock, log } = deps;
  const startedAt = clock();
  const deadline = startedAt + checkMsMax;
  const context: CallContext = {
    idempotencyKey: `check:${connectionId}:${startedAt}`,
    deadline,
    signal: AbortSignal.timeout(checkMsMax),
    log: (entry) => log.info({ connection: connectionId, ...entry }, entry.message),
  };
  const parts: Part[] = [];
  let failure: ConnectorErrorDetail | null = null;
  const fail = (kind: Part["kind"], error: unknown) => {
    // Whatever else a connector throws is its own fault, and may hold anything: it is not shown.
    if (!isConnectorError(error)) {
      const trace = withoutSecrets({ error, definition, config: input.config });
      log.error({ connection: connectionId, trace }, "a connector threw what it must not");
    }
    const detail = isConnectorError(error) ? error.detail : unforeseen(definition.manifest.name);
    failure ??= detail;
    const { category, message } = detail;
    parts.push({ kind, outcome: outcomes[category], category, message });
  };
  let system: ConnectedSystem | null = null;
  try {
    system = connectSystem(input);
  } catch (error) {
    for (const kind of input.kinds) fail(kind, error);
  }
  for (const kind of system === null ? [] : input.kinds) {
    const port = system?.[kind] ?? null;
    if (port === null) {
      fail(kind, unfit(definition.manifest.name, kind));
      continue;
    }
    try {
      await port.check(context);
      parts.push({ kind, outcome: "works", category: null, message: "It answers as it should." });
    } catch (error) {
      fail(kind, error);
    }
  }
  await system?.close();
  const bad = parts.find((part) => part.outcome !== "works");
  return {
    failure,
    shown: {
      outcome: bad?.outcome ?? "works",
      message: bad?.message ?? `${definition.manifest.name} answers as it should.`,
      checked_at: new Date(startedAt).toISOString(),
      took_ms: Math.max(0, Math.round(clock() - startedAt)),
      parts,
    },
  };
}

const outcomes: Readonly<Record<ConnectorErrorCategory, Outcome>> = {
  auth_expired: "auth_invalid",
  auth_invalid: "auth_invalid",
  permission: "permission",
  config: "config",
  rate_limited: "limited",
  quota_exhausted: "limited",
  transient: "unreachable",
  outcome_unknown: "unreachable",
  validation: "unexpected",
  not_found: "unexpected",
  conflict_stale: "unexpected",
  conflict_locked: "unexpected",
  duplicate: "unexpected",
  schema_drift: "unexpected",
};

/** Outcomes that no second try clears: someone has to change something. */
export function isRefusal(outcome: Outcome): boolean {
  return outcome === "auth_invalid" || outcome === "permission" || outcome === "config";
}

function withoutSecrets({
  error,
  definition,
  config,
}: {
  readonly error: unknown;
  readonly definition: ConnectorDefinition;
  readonly config: Readonly<Record<string, unknown>>;
}): string {
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const secrets = definition.manifest.secretFields.map((field) => config[field]);
  return secrets.reduce<string>(
    (text, secret) =>
      typeof secret === "string" && secret !== "" ? text.replaceAll(secret, "[secret]") : text,
    trace,
  );
}

const nothing = { vendorCode: null, vendorRequestId: null, retryAfterMs: null, where: null };

function unforeseen(name: string): ConnectorErrorDetail {
  const message = `The connector of ${name} failed in a way it does not foresee; the log of the hub says how.`;
  return { ...nothing, category: "schema_drift", message };
}

function unfit(name: string, kind: string): Error {
  const message = `The connection is to be used as ${kind}, which ${name} is not, or not with this configuration.`;
  return new ConnectorError({ ...nothing, category: "config", message });
}
