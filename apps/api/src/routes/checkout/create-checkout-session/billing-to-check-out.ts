import type { BillingConnector, CheckoutPage, CheckoutRequest } from "@usher/connector-sdk/spec";
import { isConnectorError, needsOperator } from "@usher/connector-sdk/spec";
import {
  findConnection,
  listConnections,
  recordConnectionHealth,
  type SealedConnection,
} from "@usher/database";
import type { ConnectionId, Instant, TenantId } from "@usher/entitlement-core/kernel";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { connectSystem } from "../../../connection/connect-system.ts";
import { connectorOf } from "../../../connection/connector-of.ts";
import { openSecrets } from "../../../connection/open-secrets.ts";
import { ApiProblem } from "../../../http/api-problem.ts";

export interface BillingToCheckOut {
  readonly connectionId: ConnectionId;
  /** Throws `checkout_refused` or `checkout_unreachable` in the billing system's words. */
  open(request: CheckoutRequest): Promise<CheckoutPage>;
  close(): Promise<void>;
}

/** Below the time a request may take. */
const callMsMax = 20_000;
const retryAfterSeconds = 5;

/**
 * The billing system that opens pages: the tenant's first, which is the one orders are billed in, or
 * the one that a session was begun in. Throws `checkout_not_offered` when there is none.
 */
export async function billingToCheckOut({
  deps,
  tenantId,
  connectionId,
}: {
  readonly deps: ApiDependencies;
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId | null;
}): Promise<BillingToCheckOut> {
  const connection = await deps.database.withTenant({ tenantId, readOnly: true }, async (tx) => {
    const all = await listConnections(tx);
    const id = connectionId ?? all.find((one) => one.kinds.includes("billing"))?.id;
    return id === undefined ? null : await findConnection(tx, id);
  });
  if (connection === null) throw notOffered("No billing system is connected.");
  const { system, start } = connect({ deps, tenantId, connection });
  const report = (failure: { category: string; message: string } | null, isForOperator = false) =>
    deps.database.withTenant({ tenantId }, (tx) =>
      recordConnectionHealth(tx, {
        id: connection.id,
        now: deps.clock() as Instant,
        outcome:
          failure === null ? { ok: true } : { ok: false, failure, needsAttention: isForOperator },
      }),
    );
  return {
    connectionId: connection.id,
    close: () => system.close(),
    async open(request) {
      const { orderId, revision } = request.order;
      try {
        const page = await start(request, {
          idempotencyKey: `checkout:${orderId}:${revision}`,
          deadline: deps.clock() + callMsMax,
          signal: AbortSignal.timeout(callMsMax),
          log: (entry) => deps.log.info({ connection: connection.id, ...entry }, entry.message),
        });
        await report(null);
        return page;
      } catch (error) {
        if (!isConnectorError(error)) throw error;
        const { category, message, retryAfterMs } = error.detail;
        if (category === "validation") {
          throw new ApiProblem("checkout_refused", message, { cause: error });
        }
        await report({ category, message }, needsOperator(category));
        const seconds = Math.ceil((retryAfterMs ?? retryAfterSeconds * 1000) / 1000);
        throw new ApiProblem(
          "checkout_unreachable",
          `${message} Send the same again, with the same Idempotency-Key.`,
          { headers: { "Retry-After": String(seconds) }, cause: error },
        );
      }
    },
  };
}

function connect({
  deps,
  tenantId,
  connection,
}: {
  readonly deps: ApiDependencies;
  readonly tenantId: TenantId;
  readonly connection: SealedConnection;
}) {
  const { name } = connection;
  const found = connectorOf(deps, connection.vendor);
  if ("problem" in found) throw notOffered(found.problem);
  const opened = openSecrets(deps, connection);
  if ("problem" in opened) throw notOffered(opened.problem);
  const system = connectSystem({
    deps,
    tenantId,
    connectionId: connection.id,
    definition: found.definition,
    config: { ...connection.config, ...opened.secrets.config },
    credentialsVersion: connection.credentialsVersion,
  });
  const start: BillingConnector["startCheckout"] = system.billing?.startCheckout?.bind(
    system.billing,
  );
  if (start === undefined) {
    throw notOffered(
      `“${name}” opens no checkout pages. With Stripe, set its field checkout to true, by usher connection rotate.`,
    );
  }
  return { system, start };
}

function notOffered(detail: string): ApiProblem {
  return new ApiProblem("checkout_not_offered", detail);
}
