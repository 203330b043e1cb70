import type { CheckoutPage, CheckoutRequest } from "@usher/connector-sdk/spec";
import { findConnection, listConnections } from "@usher/database";
import type { ConnectionId, TenantId } from "@usher/entitlement-core/kernel";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { useConnection } from "../../../connection/use-connection.ts";
import { ApiProblem } from "../../../http/api-problem.ts";

export interface BillingToCheckOut {
  readonly connectionId: ConnectionId;
  /** Throws `checkout_refused` or `vendor_unreachable` in the billing system's words. */
  open(request: CheckoutRequest): Promise<CheckoutPage>;
  close(): Promise<void>;
}

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
  const used = useConnection({ deps, tenantId, connection });
  if ("problem" in used) throw notOffered(used.problem);
  const { billing } = used.system;
  const start = billing?.startCheckout?.bind(billing);
  if (start === undefined) {
    await used.close();
    throw notOffered(
      `“${connection.name}” opens no checkout pages. With Stripe, set its field checkout to true, by usher connection rotate.`,
    );
  }
  return {
    connectionId: connection.id,
    open: (request) =>
      used.call({
        idempotencyKey: `checkout:${request.order.orderId}:${request.order.revision}`,
        refused: "checkout_refused",
        run: (context) => start(request, context),
      }),
    close: () => used.close(),
  };
}

function notOffered(detail: string): ApiProblem {
  return new ApiProblem("checkout_not_offered", detail);
}
