import type { CreateCheckoutSession } from "@usher/api-contract";
import { toBillingOrder } from "@usher/connector-sdk/spec";
import {
  type CheckoutSession,
  createId,
  findCheckoutSession,
  findCustomer,
  findOfferingVersions,
  recordCheckoutPage,
  saveCheckoutSession,
  saveCustomers,
  type TenantTransaction,
} from "@usher/database";
import { previewPath, skuClassesOf } from "@usher/entitlement-core/approval";
import { parseDeal } from "@usher/entitlement-core/deal";
import { dateAt, type Instant, type TimeZone } from "@usher/entitlement-core/kernel";
import type { OrderContent } from "@usher/entitlement-core/order";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { loadActor } from "../../../auth/load-actor.ts";
import { ApiProblem } from "../../../http/api-problem.ts";
import { fingerprintOf, readIdempotencyKey } from "../../../http/idempotency.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import { toWireCheckoutSession } from "../../../wire/to-wire-checkout-session.ts";
import { isFirstOrder } from "../../order/is-first-order.ts";
import { emptyCatalog, type PublishedCatalogCache } from "../../order/published-catalog-cache.ts";
import { type BillingToCheckOut, billingToCheckOut } from "./billing-to-check-out.ts";
import { dealAtListPrice } from "./deal-at-list-price.ts";

type Deps = ApiDependencies & { readonly catalogs: PublishedCatalogCache };

/**
 * A session is stored, with the id its order will have, before the billing system hears of it, and
 * the page carries that id. So whatever is lost on the way (the answer, this process), what is paid
 * is known when its event comes. The Idempotency-Key names the session: sent again it opens the page
 * that the first try left closed, or tells what became of it.
 */
export function createCheckoutSessionRoute(deps: Deps) {
  const { database } = deps;
  return plainRoute("createCheckoutSession", async ({ body, caller, request }) => {
    const { tenantId } = caller;
    const idempotencyKey = readIdempotencyKey({
      header: request.header("idempotency-key"),
      rule: "required",
    });
    if (idempotencyKey === null) throw new Error("an Idempotency-Key that is required was null");
    const fingerprint = fingerprintOf({ path: request.path, body });
    const known = await database.withTenant({ tenantId, readOnly: true }, (tx) =>
      findCheckoutSession(tx, { idempotencyKey }),
    );
    refuseOtherBody(known, fingerprint);
    if (known !== null && known.status !== "opening") return answer(known);

    const connectionId = known?.connectionId ?? null;
    const billing = await billingToCheckOut({ deps, tenantId, connectionId });
    try {
      const session =
        known ??
        (await database.withTenant({ tenantId }, async (tx) => {
          const id = createId("checkoutSession");
          const { name: requestedBy } = await loadActor(tx, caller);
          const sold = await readWhatIsSold(tx, { deps, body, id, nowMs: request.now });
          await saveCustomers(tx, [sold.content.customer]);
          return saveCheckoutSession(tx, {
            id,
            ...sold,
            connectionId: billing.connectionId,
            idempotencyKey,
            fingerprint,
            requestedBy,
            successUrl: body.success_url,
            cancelUrl: body.cancel_url,
          });
        }));
      refuseOtherBody(session, fingerprint);
      return answer(await openPage({ deps, tenantId, session, billing }));
    } finally {
      await billing.close();
    }
  });
}

function answer(session: CheckoutSession) {
  return {
    body: toWireCheckoutSession(session),
    headers: { Location: `/v1/checkout_sessions/${session.id}` },
  };
}

function refuseOtherBody(session: CheckoutSession | null, fingerprint: string): void {
  if (session === null || session.fingerprint === fingerprint) return;
  throw new ApiProblem(
    "idempotency_key_reused",
    "The Idempotency-Key was used with another body. Use a new key for a new session.",
  );
}

/** What the catalog says is sold, or the refusal: a page can sell nothing that somebody has to approve. */
async function readWhatIsSold(
  tx: TenantTransaction,
  {
    deps,
    body,
    id,
    nowMs,
  }: {
    readonly deps: Deps;
    readonly body: CreateCheckoutSession;
    readonly id: CheckoutSession["id"];
    readonly nowMs: number;
  },
): Promise<Pick<CheckoutSession, "deal" | "content">> {
  const catalog = (await deps.catalogs.load(tx)) ?? emptyCatalog;
  const today = dateAt({ instant: nowMs as Instant, timeZone: catalog.timeZone as TimeZone });
  const reading = dealAtListPrice({ body, catalog, sessionId: id, today });
  if (!reading.ok) {
    const [first, ...others] = reading.faults;
    const more = others.length === 0 ? "" : ` ${others.length} more: see errors.`;
    throw new ApiProblem("checkout_refused", `${first.pointer}: ${first.detail}.${more}`, {
      errors: reading.faults,
    });
  }
  const { deal } = reading;
  const parsed = parseDeal({ deal, catalog, receivedOn: today });
  if (!parsed.ok) throw new ApiProblem("checkout_refused", parsed.faults[0].sentence);
  const { content } = parsed;
  const { stages } = previewPath({
    policy: catalog.approvalPolicy,
    content,
    facts: {
      isFirstOrderOfCustomer: await isFirstOrder(tx, content.customer.externalId),
      skuClasses: skuClassesOf(catalog),
    },
  });
  refuseWhatIsApproved(stages.map(({ stage }) => stage.name));
  return { deal, content };
}

function refuseWhatIsApproved(stages: readonly string[]): void {
  if (stages.length === 0) return;
  throw new ApiProblem(
    "checkout_refused",
    `By the catalog's policy this needs the approval of ${stages.join(", ")}, and a page takes the money before anybody could be asked. Send it as an order.`,
  );
}

async function openPage({
  deps,
  tenantId,
  session,
  billing,
}: {
  readonly deps: Deps;
  readonly tenantId: TenantTransaction["tenantId"];
  readonly session: CheckoutSession;
  readonly billing: BillingToCheckOut;
}): Promise<CheckoutSession> {
  const order = await deps.database.withTenant({ tenantId, readOnly: true }, (tx) =>
    toOrder(tx, session),
  );
  const page = await billing.open({
    order,
    successUrl: session.successUrl,
    cancelUrl: session.cancelUrl,
  });
  return deps.database.withTenant({ tenantId }, (tx) =>
    recordCheckoutPage(tx, {
      id: session.id,
      remoteId: page.recordId,
      remoteCustomerId: page.remoteCustomerId,
      url: page.url,
      expiresAt: page.expiresAtMs as Instant,
    }),
  );
}

/** Exactly as the order will be billed, so that billing it finds what the page made. */
async function toOrder(
  tx: TenantTransaction,
  { orderId, content }: { readonly orderId: string; readonly content: OrderContent },
) {
  const { externalId } = content.customer;
  const customer = await findCustomer(tx, { externalId });
  if (customer === null) throw new Error(`Customer ${externalId} of a checkout is not there.`);
  const ids = [...new Set(content.lines.map((line) => line.offeringVersionId))];
  return toBillingOrder({
    orderId,
    revision: 1,
    customerId: customer.id,
    content,
    offeringVersions: await findOfferingVersions(tx, ids),
  });
}
