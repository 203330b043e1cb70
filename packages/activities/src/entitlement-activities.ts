import {
  applySupersession,
  entitlementsOfCustomers,
  entitlementsOfOrder,
  findOfferingVersions,
  lockTokensOf,
  revokeTokens,
  grantOrder as storeGrant,
  type TenantTransaction,
} from "@usher/database";
import { keepDecisions } from "@usher/entitlement-core/approval";
import {
  type Entitlement,
  entitlementsFromOrder,
  losingCustomers,
  type Supersession,
  supersede,
} from "@usher/entitlement-core/entitlement";
import {
  type CustomerId,
  type Instant,
  instantToIso,
  type OrderId,
  type TenantId,
  type TokenId,
  termInterval,
} from "@usher/entitlement-core/kernel";
import type { OrderContent } from "@usher/entitlement-core/order";
import { type CarriedOrder, carryOrder } from "./carry-order.ts";
import type { OrderActivityDependencies } from "./order-activities.ts";
import { OrderMovedError, untilOrderHoldsStill } from "./order-moved-error.ts";
import { nothingToGrantProblem } from "./problem-from-failure.ts";
import { type OrderReading, readOrder } from "./read-order.ts";
import type { OrderRef, RunStep } from "./run-step.ts";
import { toRunStep } from "./to-run-step.ts";
import { NothingToSignError, type TokenIssuer } from "./token-issuer.ts";

/** Local activities on rights and tokens. */
export interface EntitlementActivities {
  /**
   * Supersedes, grants, signs the token and says so on the timeline, all in one transaction, if
   * the order still asks for exactly this revision; then answers the step after it.
   */
  grantOrder(input: OrderRef & { readonly revision: number }): Promise<RunStep>;
  /** Ends the order's rights from now and revokes every token that carries them. Repeatable. */
  revokeGrant(input: OrderRef & { readonly reason: string }): Promise<void>;
}

export interface EntitlementActivityDependencies extends OrderActivityDependencies {
  readonly tokens: TokenIssuer;
}

export function createEntitlementActivities(
  deps: EntitlementActivityDependencies,
): EntitlementActivities {
  return {
    grantOrder: async ({ revision, ...order }) => {
      const carried = await grantIfAsked(deps, { ...order, revision });
      deps.onOrderRead(carried);
      deps.onChanged(order.tenantId);
      return toRunStep(carried);
    },
    revokeGrant: ({ tenantId, orderId, reason }) =>
      deps.database.withTenant({ tenantId: tenantId as TenantId }, async (tx) => {
        const now = deps.now(Date.now() as Instant);
        const id = orderId as OrderId;
        await lockTokensOf(tx, customersOf(await entitlementsOfOrder(tx, id)));
        const held = await entitlementsOfOrder(tx, id);
        const supersession = supersede({ held, drafts: [], now });
        await applySupersession(tx, supersession);
        await revokeTokens(tx, { which: { orderId: id }, because: reason, now });
        await revokeWhatSaysTooMuch(tx, { held, supersession, except: null, because: reason, now });
      }),
  };
}

async function grantIfAsked(
  deps: EntitlementActivityDependencies,
  { tenantId, orderId, revision }: OrderRef & { readonly revision: number },
): Promise<CarriedOrder> {
  const billing = await deps.vendors.ofKind({ tenantId, kind: "billing" });
  const erp = await deps.vendors.ofKind({ tenantId, kind: "erp" });
  const read = (tx: TenantTransaction) =>
    readOrder(tx, {
      orderId: orderId as OrderId,
      catalogs: deps.catalogs,
      isBillingConnected: billing.length > 0,
      isErpConnected: erp.length > 0,
      now: deps.now,
    });
  const granted = await untilOrderHoldsStill({ database: deps.database, tenantId }, async (tx) => {
    const reading = await read(tx);
    const carried = await carryOrder(tx, reading);
    const { step } = carried;
    if (step.step !== "grant" || step.revision !== revision) return carried;
    const after = await grant(deps, tx, { reading, carried });
    deps.atFailpoint("grant.before-commit");
    return after;
  });
  deps.atFailpoint("grant.after-commit");
  return granted;
}

/** Rights, token and events of the revision, and what the rules say then. */
async function grant(
  deps: EntitlementActivityDependencies,
  tx: TenantTransaction,
  { reading, carried }: { readonly reading: OrderReading; readonly carried: CarriedOrder },
): Promise<CarriedOrder> {
  const { found, catalog, facts } = reading;
  const { order } = carried;
  const { content } = facts.latest;
  const { customer } = order;
  if (content === null || customer === null) {
    throw new Error(`Order ${order.id} is to be granted without content or customer.`);
  }
  const now = facts.now;
  const offeringVersions = await findOfferingVersions(tx, [
    ...new Set(content.lines.map((line) => line.offeringVersionId)),
  ]);
  const drafts = entitlementsFromOrder({
    content,
    offeringVersions,
    customerId: customer.id,
    orderId: order.id,
    revision: order.revision,
    decisionIds: decisionIdsOf(reading),
  });
  const supersession = supersede({ held: found.entitlements, drafts, now });
  await lockTokensOf(tx, [customer.id, ...customersOf(found.entitlements)]);
  const others = await entitlementsOfCustomers(tx, [customer.id]);
  const signer = await deps.tokens.signerOf(tx);
  try {
    const outcome = await storeGrant(tx, {
      order,
      customerId: customer.id,
      supersession,
      ...spanOf(content),
      actor: "usher",
      now,
      sign: ({ statusListId, index, jti, started }) =>
        deps.tokens.sign(signer, {
          customerId: customer.id,
          entitlements: [...withEnds(others, supersession), ...started],
          catalog,
          now,
          jti,
          statusListId,
          index,
        }),
    });
    switch (outcome.kind) {
      case "conflict":
        throw new OrderMovedError(order.id);
      case "refused":
        throw new Error(`The grant was planned and refused: ${outcome.reasons[0].sentence}`);
      case "granted":
        await revokeWhatSaysTooMuch(tx, {
          held: found.entitlements,
          supersession,
          except: outcome.token.jti,
          because: `superseded by revision ${order.revision} of order ${order.number}`,
          now,
        });
        return await carryOn(tx, { reading, order: outcome.order, commands: [] });
      case "already-granted":
        return await carryOn(tx, { reading, order: outcome.order, commands: [] });
    }
  } catch (error) {
    if (!(error instanceof NothingToSignError)) throw error;
    // Nothing was written yet: the token is signed before the first statement.
    const problem = nothingToGrantProblem({ content, now });
    return await carryOn(tx, { reading, order, commands: [{ type: "report-problem", problem }] });
  }
}

/**
 * A token carries all of a customer's rights, whichever order it was signed for. Those signed before
 * something was taken away are revoked; those that only say too little stay good.
 */
async function revokeWhatSaysTooMuch(
  tx: TenantTransaction,
  {
    held,
    supersession,
    except,
    because,
    now,
  }: {
    readonly held: readonly Entitlement[];
    readonly supersession: Supersession;
    readonly except: TokenId | null;
    readonly because: string;
    readonly now: Instant;
  },
): Promise<void> {
  const customerIds = losingCustomers({ held, supersession });
  if (customerIds.length === 0) return;
  await revokeTokens(tx, { which: { customerIds, except }, because, now });
}

function customersOf(entitlements: readonly Entitlement[]): readonly CustomerId[] {
  return entitlements.map((one) => one.customerId);
}

/** What the rules say of the order as it stands now, in the same transaction. */
async function carryOn(
  tx: TenantTransaction,
  input: {
    readonly reading: OrderReading;
    readonly order: CarriedOrder["order"];
    readonly commands: Parameters<typeof carryOrder>[2];
  },
): Promise<CarriedOrder> {
  const { reading, order } = input;
  return await carryOrder(
    tx,
    {
      ...reading,
      found: { ...reading.found, order },
      facts: { ...reading.facts, state: order.state },
    },
    input.commands,
  );
}

function withEnds(held: readonly Entitlement[], { end }: Supersession): readonly Entitlement[] {
  const ends = new Map(end.map((one) => [one.id, one.activeTo]));
  return held.map((one) => {
    const activeTo = ends.get(one.id);
    return activeTo === undefined ? one : { ...one, activeTo };
  });
}

/** From the first line's start to the last line's end: what the CRM shows as the term. */
function spanOf({ lines }: OrderContent) {
  const terms = lines.map((line) => termInterval(line.term));
  return {
    activeFromIso: instantToIso(Math.min(...terms.map(({ from }) => from)) as Instant),
    activeUntilIso: instantToIso(Math.max(...terms.map(({ to }) => to)) as Instant),
  };
}

/** The yeses this revision stands on, so that every limit can name its approver. */
function decisionIdsOf({ found, facts }: OrderReading): readonly string[] {
  if (facts.approval === null) return [];
  const { path, people } = facts.approval;
  const { revisionHash } = facts.latest;
  const { kept } = keepDecisions({ path, people, decisions: found.decisions, revisionHash });
  const counting = new Set(kept);
  return found.decisions
    .filter((one) => one.decision === "approve" && counting.has(one))
    .map((one) => one.id);
}
