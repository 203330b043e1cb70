import type { FeatureKey } from "@usher/entitlement-core/catalog";
import { supersede } from "@usher/entitlement-core/entitlement";
import { addApiKey } from "../api-key-repository.ts";
import { recordDecision } from "../approval-decision-repository.ts";
import { listApprovalTasks } from "../approval-task-repository.ts";
import { saveCheckoutSession } from "../checkout-session-repository.ts";
import { saveCheckpoint, saveConnection } from "../connection-repository.ts";
import { grantOrder } from "../grant-repository.ts";
import { beginIdempotent } from "../idempotency-repository.ts";
import { createId } from "../ids.ts";
import { storeHints } from "../inbox-repository.ts";
import { loadOrderForPlanning } from "../order-planning-repository.ts";
import { saveRemoteRecords } from "../remote-record-repository.ts";
import { addSession, addSignInCode } from "../session-repository.ts";
import type { TenantTransaction } from "../tenant-transaction.ts";
import { ingestUsage } from "../usage-repository.ts";
import { findUserByEmail } from "../user-repository.ts";
import { aDeal, aDealLine, noon } from "./a-deal.ts";
import { withCatalogAndPeople } from "./a-hub.ts";
import { anOrder, askFor, readyToGrant, theDrafts, unsigned, withKey } from "./an-order.ts";

/** At least one row of the tenant in every table. */
export async function aFullTenant(tx: TenantTransaction): Promise<void> {
  const catalog = await withCatalogAndPeople(tx);
  const dana = await findUserByEmail(tx, "dana@seller.example");
  if (dana === null) throw new Error("Dana is missing.");
  await addApiKey(tx, {
    environment: "test",
    name: "key",
    scopes: ["orders:read"],
    userId: dana.id,
    expiresAt: null,
  });
  await addSession(tx, { userId: dana.id, expiresAt: noon });
  await addSignInCode(tx, { userId: dana.id, expiresAt: noon });
  const connection = await saveConnection(tx, {
    vendor: "salesforce",
    name: "Sales org",
    kinds: ["crm"],
    config: {},
    sealedSecrets: new Uint8Array([1]),
  });
  await saveCheckpoint(tx, { connectionId: connection.id, stream: "deals", checkpoint: {} });
  await tx.db
    .insertInto("connection_tokens")
    .values({ connection_id: connection.id, credentials_version: 1, tokens: Buffer.from([1]) })
    .execute();
  await storeHints(tx, {
    connectionId: connection.id,
    changes: [{ dealId: "006", version: "1" }],
  });
  await beginIdempotent(tx, {
    route: "POST /v1/orders",
    key: "k",
    fingerprint: "f",
    expiresAt: noon,
    lockTimeoutSeconds: 60,
  });

  const discounted = aDeal({ id: "discounted", lines: [aDealLine({ unitPrice: "400.00" })] });
  const asked = await anOrder(tx, { catalog, deal: discounted });
  await askFor(tx, { catalog, orderId: asked });
  const [open] = (await listApprovalTasks(tx, { limit: 1, cursor: null })).items;
  if (open === undefined) throw new Error("Nobody was asked.");
  await recordDecision(tx, {
    taskId: open.task.id,
    by: dana.email,
    userId: dana.id,
    decision: "approve",
    comment: null,
    revisionHash: open.task.revisionHash,
    channel: "test",
    now: noon,
  });

  await withKey(tx);
  const orderId = await anOrder(tx, {
    catalog,
    deal: aDeal({ id: "granted" }),
    connectionId: connection.id,
  });
  await readyToGrant(tx, orderId);
  const found = await loadOrderForPlanning(tx, orderId);
  if (found === null || found.order.customer === null) throw new Error("The order is missing.");
  const { order } = found;
  const customerId = found.order.customer.id;
  await grantOrder(tx, {
    order,
    customerId,
    supersession: supersede({ held: [], drafts: theDrafts({ catalog, found }), now: noon }),
    activeFromIso: "2026-12-31T23:00:00Z",
    activeUntilIso: "2027-12-31T23:00:00Z",
    actor: "usher",
    now: noon,
    sign: unsigned(customerId),
  });
  await ingestUsage(tx, [
    {
      source: "product",
      eventId: "1",
      customerId,
      feature: "calls" as FeatureKey,
      quantity: 1,
      occurredAt: noon,
    },
  ]);
  await saveRemoteRecords(tx, [
    {
      orderId,
      revision: 1,
      connectionId: connection.id,
      kind: "subscription",
      remoteId: "sub_1",
      remoteCustomerId: "cus_1",
      lineIds: ["00kLine1"],
      totalMinor: 550_000,
      currency: "USD",
      state: "active",
    },
  ]);
  const { deal, content } = found.latest;
  if (content === null) throw new Error("The order has faults.");
  await saveCheckoutSession(tx, {
    id: createId("checkoutSession"),
    connectionId: connection.id,
    idempotencyKey: "k",
    fingerprint: "f",
    deal,
    content,
    requestedBy: null,
    successUrl: "https://seller.example/ok",
    cancelUrl: "https://seller.example/no",
  });
}
