import type { DealPerson } from "@usher/entitlement-core/deal";
import type { ConnectionId, CustomerId, Instant, OrderId } from "@usher/entitlement-core/kernel";
import { instantToIso } from "@usher/entitlement-core/kernel";
import {
  type OrderKind,
  type OrderState,
  type OrderStatus,
  type Problem,
  problemOf,
  statusOf,
  type WaitingOn,
  waitingOnOf,
} from "@usher/entitlement-core/order";
import { sql } from "kysely";
import type { Order as OrderRow } from "./generated/rows.ts";
import type { Row } from "./row.ts";
import { toInstant } from "./timestamps.ts";

/** An order as it stands: the fold of its events with what lists and the next step need. */
export interface StoredOrder {
  readonly id: OrderId;
  /** What people say on the phone: the id's last eight characters, upper case. */
  readonly number: string;
  readonly kind: OrderKind;
  readonly source: { readonly system: string; readonly id: string };
  /** When the deal behind the newest revision was read. */
  readonly sourceReadAt: Instant;
  readonly dealName: string;
  readonly connectionId: ConnectionId | null;
  /** Null while the deal does not name one. */
  readonly customer: OrderedBy | null;
  readonly owner: DealPerson | null;
  readonly requestedBy: string | null;
  readonly currency: string | null;
  readonly state: OrderState;
  readonly status: OrderStatus;
  readonly statusSince: Instant;
  readonly waitingOn: WaitingOn | null;
  readonly problem: Problem | null;
  readonly revision: number;
  readonly revisionHash: string;
  /** Number of its events: the version that `appendOrderEvents` expects to find. */
  readonly eventSequence: number;
  readonly traceparent: string | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export interface OrderedBy {
  readonly id: CustomerId;
  readonly externalId: string;
  readonly name: string;
  readonly country: string | null;
}

/** The columns of `orders` that follow from the state. */
export interface OrderStanding {
  readonly status: OrderStatus;
  readonly statusSince: Instant;
  readonly waitingOn: WaitingOn | null;
  readonly problem: Problem | null;
  readonly blockedOnProductCodes: readonly string[];
}

/** Where the order stands in `state`; `before` is where it stood, null for a new one. */
export function standingOf({
  state,
  before,
  owner,
  now,
}: {
  readonly state: OrderState;
  readonly before: { readonly status: OrderStatus; readonly statusSince: Instant } | null;
  readonly owner: DealPerson | null;
  readonly now: Instant;
}): OrderStanding {
  const status = statusOf(state);
  const statusSince = before?.status === status ? before.statusSince : now;
  const problem = problemOf(state);
  return {
    status,
    statusSince,
    waitingOn: waitingOnOf({ state, sinceIso: instantToIso(statusSince), owner }),
    problem,
    blockedOnProductCodes: problem?.blockedOnProductCodes ?? [],
  };
}

export interface OrderWithCustomerRow extends Row<OrderRow> {
  readonly customer: {
    readonly id: string;
    readonly external_id: string;
    readonly name: string;
    readonly country: string | null;
  } | null;
}

/** What `fromOrderRow` reads, of `orders o left join customers c`. */
export const orderColumns = sql`o.*, case when c.id is not null then jsonb_build_object(
  'id', c.id, 'external_id', c.external_id, 'name', c.name, 'country', c.country) end as customer`;

export function fromOrderRow(row: OrderWithCustomerRow): StoredOrder {
  return {
    id: row.id as OrderId,
    number: row.number,
    kind: row.kind as OrderKind,
    source: { system: row.source_system, id: row.source_id },
    sourceReadAt: toInstant(row.source_read_at),
    dealName: row.deal_name,
    connectionId: row.connection_id as ConnectionId | null,
    customer: row.customer && {
      id: row.customer.id as CustomerId,
      externalId: row.customer.external_id,
      name: row.customer.name,
      country: row.customer.country,
    },
    owner: row.owner as DealPerson | null,
    requestedBy: row.requested_by,
    currency: row.currency,
    state: row.state as unknown as OrderState,
    status: row.status as OrderStatus,
    statusSince: toInstant(row.status_since),
    waitingOn: row.waiting_on as WaitingOn | null,
    problem: row.problem as unknown as Problem | null,
    revision: row.revision,
    revisionHash: row.revision_hash,
    eventSequence: row.event_sequence,
    traceparent: row.traceparent,
    createdAt: toInstant(row.created_at),
    updatedAt: toInstant(row.updated_at),
  };
}
