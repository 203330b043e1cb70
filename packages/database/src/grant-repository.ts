import type { Entitlement, Supersession } from "@usher/entitlement-core/entitlement";
import type { CustomerId, Instant, TokenId } from "@usher/entitlement-core/kernel";
import { decideOrder, type Refusal } from "@usher/entitlement-core/order";
import { sql } from "kysely";
import { endEntitlements, insertingEntitlements, withIds } from "./entitlement-repository.ts";
import { afterEvents, appendingEvents } from "./order-event-repository.ts";
import type { StoredOrder } from "./stored-order.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";
import {
  insertingToken,
  prepareToken,
  type SignToken,
  type StoredToken,
} from "./token-repository.ts";

export interface GrantToMake {
  /** As loaded; its `eventSequence` is what must still be true. */
  readonly order: StoredOrder;
  readonly customerId: CustomerId;
  /** What `supersede` planned from the revision's lines. */
  readonly supersession: Supersession;
  readonly activeFromIso: string;
  readonly activeUntilIso: string | null;
  readonly actor: string;
  readonly now: Instant;
  /** Signs the customer's token over what will hold; `started` are the new rights with their ids. */
  readonly sign: (
    place: Parameters<SignToken>[0] & { readonly started: readonly Entitlement[] },
  ) => ReturnType<SignToken>;
}

export type GrantOutcome =
  | {
      readonly kind: "granted";
      readonly order: StoredOrder;
      readonly started: readonly Entitlement[];
      readonly token: StoredToken;
    }
  /** This revision is granted already: nothing was written. */
  | { readonly kind: "already-granted"; readonly order: StoredOrder }
  | { readonly kind: "refused"; readonly reasons: readonly [Refusal, ...Refusal[]] }
  /** The order moved in between, and nothing was written: load it again and plan again. */
  | { readonly kind: "conflict" };

/** Rights, token, events and the order's row, together or not at all. */
export async function grantOrder(tx: TenantTransaction, input: GrantToMake): Promise<GrantOutcome> {
  const { order, supersession } = input;
  const started = withIds(supersession.start);
  const entitlementIds = [...supersession.keep, ...started.map((one) => one.id)];
  // Asked before anything is written, with a token that is not there yet: is there anything to do?
  const asked = decide(input, { entitlementIds, token: { jti: "" as TokenId, kid: "" } });
  if (!asked.ok) return { kind: "refused", reasons: asked.reasons };
  if (asked.value.length === 0) return { kind: "already-granted", order };

  const held = await sql`
    select from orders where id = ${order.id} and event_sequence = ${order.eventSequence} for update`.execute(
    tx.db,
  );
  if (held.rows.length === 0) return { kind: "conflict" };
  const token = await prepareToken(tx, {
    customerId: input.customerId,
    orderId: order.id,
    sign: (place) => input.sign({ ...place, started }),
  });
  const decision = decide(input, { entitlementIds, token });
  if (!decision.ok) return { kind: "refused", reasons: decision.reasons };
  const appending = { order, events: decision.value, actor: input.actor, now: input.now };
  const next = afterEvents(appending);
  // Ends first: within one statement the database could check a start before its predecessor's end.
  await endEntitlements(tx, supersession.end);
  await sql`
    with ${appendingEvents({ ...appending, next })},
      rights as (${insertingEntitlements(started)}), token as (${insertingToken(token)})
    select id from moved`.execute(tx.db);
  return { kind: "granted", order: next, started, token };
}

function decide(
  input: GrantToMake,
  {
    entitlementIds,
    token,
  }: {
    readonly entitlementIds: readonly string[];
    readonly token: { readonly jti: TokenId; readonly kid: string };
  },
) {
  return decideOrder({
    state: input.order.state,
    command: {
      type: "record-grant",
      revision: input.order.revision,
      entitlementIds,
      activeFromIso: input.activeFromIso,
      activeUntilIso: input.activeUntilIso,
      token: { jti: token.jti, kid: token.kid },
    },
  });
}
