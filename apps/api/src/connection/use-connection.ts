import type { CallContext, ConnectedSystem } from "@usher/connector-sdk/spec";
import { isConnectorError, needsOperator } from "@usher/connector-sdk/spec";
import { recordConnectionHealth, type SealedConnection } from "@usher/database";
import type { ErrorCode } from "@usher/entitlement-core/errors";
import type { Instant, TenantId } from "@usher/entitlement-core/kernel";
import type { ApiDependencies } from "../api-dependencies.ts";
import { ApiProblem } from "../http/api-problem.ts";
import { connectSystem } from "./connect-system.ts";
import { connectorOf } from "./connector-of.ts";
import { openSecrets } from "./open-secrets.ts";

/** A connection that a request makes a call with. Whoever opened it closes it. */
export interface UsedConnection {
  readonly system: ConnectedSystem;
  /**
   * Throws `refused` in the vendor's words where it refused what was asked, and `vendor_unreachable`
   * where it may be asked again. How it went is the connection's health from then on.
   */
  call<Result>(input: {
    readonly idempotencyKey: string;
    readonly refused: ErrorCode;
    readonly run: (context: CallContext) => Promise<Result>;
  }): Promise<Result>;
  close(): Promise<void>;
}

/** Below the time a request may take. */
const callMsMax = 20_000;
const retryAfterMs = 5_000;

/** The connection, or the sentence why this hub cannot use it. Connecting makes no call. */
export function useConnection({
  deps,
  tenantId,
  connection,
}: {
  readonly deps: ApiDependencies;
  readonly tenantId: TenantId;
  readonly connection: SealedConnection;
}): UsedConnection | { readonly problem: string } {
  const { database, clock, log } = deps;
  const { id } = connection;
  const found = connectorOf(deps, connection.vendor);
  if ("problem" in found) return found;
  const opened = openSecrets(deps, connection);
  if ("problem" in opened) return opened;
  const system = connectSystem({
    deps,
    tenantId,
    connectionId: id,
    definition: found.definition,
    config: { ...connection.config, ...opened.secrets.config },
    credentialsVersion: connection.credentialsVersion,
  });
  const report = (outcome: Parameters<typeof recordConnectionHealth>[1]["outcome"]) =>
    database.withTenant({ tenantId }, (tx) =>
      recordConnectionHealth(tx, { id, now: clock() as Instant, outcome }),
    );
  return {
    system,
    close: () => system.close(),
    async call({ idempotencyKey, refused, run }) {
      try {
        const result = await run({
          idempotencyKey,
          deadline: clock() + callMsMax,
          signal: AbortSignal.timeout(callMsMax),
          log: (entry) => log.info({ connection: id, ...entry }, entry.message),
        });
        await report({ ok: true });
        return result;
      } catch (error) {
        if (!isConnectorError(error)) throw error;
        const { category, message } = error.detail;
        if (category === "validation" || category === "not_found") {
          throw new ApiProblem(refused, message, { cause: error });
        }
        const needsAttention = needsOperator(category);
        await report({ ok: false, failure: { category, message }, needsAttention });
        const waitMs = error.detail.retryAfterMs ?? retryAfterMs;
        throw new ApiProblem("vendor_unreachable", `${message} Send the same again.`, {
          headers: { "Retry-After": String(Math.ceil(waitMs / 1_000)) },
          cause: error,
        });
      }
    },
  };
}
