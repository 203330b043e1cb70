import { planApprovalPath, skuClassesOf } from "@usher/entitlement-core/approval";
import type { PublishedCatalog } from "@usher/entitlement-core/catalog";
import type { Deal } from "@usher/entitlement-core/deal";
import { type EntitlementDraft, entitlementsFromOrder } from "@usher/entitlement-core/entitlement";
import {
  addHours,
  type ConnectionId,
  type CustomerId,
  type OrderId,
} from "@usher/entitlement-core/kernel";
import { waitingOnStages } from "@usher/entitlement-core/order";
import { replaceApprovalTasks } from "../approval-task-repository.ts";
import { recordOrderCommand } from "../order-event-repository.ts";
import { receiveDeal } from "../order-intake-repository.ts";
import { loadOrderForPlanning, type OrderForPlanning } from "../order-planning-repository.ts";
import { loadOrder } from "../order-repository.ts";
import { changeSigningKeys } from "../signing-key-repository.ts";
import type { TenantTransaction } from "../tenant-transaction.ts";
import type { SignToken } from "../token-repository.ts";
import { findApprovers } from "../user-repository.ts";
import { aDeal, noon, received } from "./a-deal.ts";

/** Receives the deal; the order stands at Received. */
export async function anOrder(
  tx: TenantTransaction,
  {
    catalog,
    deal = aDeal(),
    connectionId = null,
  }: {
    readonly catalog: PublishedCatalog;
    readonly deal?: Deal;
    readonly connectionId?: ConnectionId | null;
  },
): Promise<OrderId> {
  const { orderId } = await receiveDeal(tx, received(catalog, deal, { connectionId }));
  return orderId;
}

/** Puts the stages of the policy to their approvers: the first step now, the others waiting. */
export async function askFor(
  tx: TenantTransaction,
  {
    catalog,
    orderId,
    keep = [],
  }: {
    readonly catalog: PublishedCatalog;
    readonly orderId: OrderId;
    readonly keep?: Parameters<typeof replaceApprovalTasks>[1]["keep"];
  },
): Promise<void> {
  const found = await loadOrderForPlanning(tx, orderId);
  const content = found?.latest.content;
  if (!found || !content) throw new Error(`Order ${orderId} has no content.`);
  const { order, latest } = found;
  const path = planApprovalPath({
    policy: catalog.approvalPolicy,
    content,
    facts: { isFirstOrderOfCustomer: false, skuClasses: skuClassesOf(catalog) },
  });
  const kept = new Set(
    found.tasks.filter((task) => keep.includes(task.id)).map((task) => task.stage.key),
  );
  const stages = path.stages.filter((stage) => !kept.has(stage.key));
  const firstStep = Math.min(...stages.map((stage) => stage.step));
  const put = await Promise.all(
    stages.map(async (stage) => {
      const people = await findApprovers(tx, stage.approvers);
      return { stage, approverEmails: people.map((one) => one.email), people };
    }),
  );
  await replaceApprovalTasks(tx, {
    orderId,
    revision: order.revision,
    revisionHash: order.revisionHash,
    excludedEmails: [latest.deal.owner?.email ?? "", latest.deal.lastEditor?.email ?? ""],
    stages: put.map(({ stage, approverEmails }) => ({
      stage,
      approverEmails,
      ask:
        stage.step === firstStep
          ? { now: true, dueAt: addHours(noon, stage.dueAfterHours) }
          : { now: false },
    })),
    keep,
    now: noon,
  });
  const [first, ...others] = put
    .filter(({ stage }) => stage.step === firstStep)
    .map((one) => ({ ...one, dueAt: addHours(noon, one.stage.dueAfterHours) }));
  if (first === undefined) throw new Error("The policy asks nobody.");
  const names = Object.fromEntries(
    put.flatMap(({ people }) => people.map((one) => [one.email, one.name])),
  );
  await recordOrderCommand(tx, {
    order,
    command: {
      type: "request-approval",
      path: { stages: [first.stage, ...others.map(({ stage }) => stage)] },
      waitingOn: waitingOnStages({ asked: [first, ...others], names, since: noon }),
    },
    actor: "usher",
    now: noon,
  });
}

/** Starts provisioning, so that the next step is the grant. */
export async function readyToGrant(tx: TenantTransaction, orderId: OrderId): Promise<void> {
  const order = await loadOrder(tx, { id: orderId });
  if (order === null) throw new Error(`There is no order ${orderId}.`);
  const outcome = await recordOrderCommand(tx, {
    order,
    command: { type: "start-provisioning" },
    actor: "usher",
    now: noon,
  });
  if (outcome.kind !== "appended") throw new Error(`Provisioning was ${outcome.kind}.`);
}

export function theDrafts({
  catalog,
  found,
}: {
  readonly catalog: PublishedCatalog;
  readonly found: OrderForPlanning;
}): readonly EntitlementDraft[] {
  const { order, latest } = found;
  if (order.customer === null || latest.content === null) throw new Error("Nothing to grant.");
  return entitlementsFromOrder({
    content: latest.content,
    offeringVersions: catalog.offerings,
    customerId: order.customer.id,
    orderId: order.id,
    revision: order.revision,
    decisionIds: [],
  });
}

/** The tenant's current signing key, `kid-1`, of no cryptographic worth. */
export async function withKey(tx: TenantTransaction): Promise<void> {
  await changeSigningKeys(tx, () => ({
    changes: [],
    add: {
      key: { kid: "kid-1", publicJwk: { kty: "OKP" }, sealedPrivate: new Uint8Array([1]) },
      status: "current",
    },
  }));
}

/** Claims as they would be signed; the database does not look inside. */
export function unsigned(customerId: CustomerId): SignToken {
  return ({ jti, statusListId, index }) => ({
    kid: "kid-1",
    compact: `header.${jti}.signature`,
    claims: {
      iss: "https://usher.example",
      aud: "product",
      sub: customerId,
      jti,
      iat: noon / 1000,
      nbf: noon / 1000,
      exp: noon / 1000 + 86_400,
      entitlements: {},
      status: { status_list: { idx: index, uri: `https://usher.example/${statusListId}` } },
    },
  });
}
