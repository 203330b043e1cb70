import type { Entitlement } from "@usher/entitlement-core/entitlement";
import type { ConnectionId, Instant, OrderId, TokenId } from "@usher/entitlement-core/kernel";
import { sql } from "kysely";
import { approvalOf } from "./approval-decision-repository.ts";
import {
  type ApprovalDecisionWithStageRow,
  type ApprovalTask,
  fromApprovalDecisionRow,
  fromApprovalTaskRow,
  type RecordedDecision,
} from "./approval-task.ts";
import { fromEntitlementRow } from "./entitlement-row.ts";
import type {
  ApprovalTask as ApprovalTaskRow,
  Entitlement as EntitlementRow,
  OrderRevision as OrderRevisionRow,
  RemoteRecord as RemoteRecordRow,
  WriteBack as WriteBackRow,
} from "./generated/rows.ts";
import { fromOrderRevisionRow, type OrderRevision } from "./order-revision.ts";
import { fromRemoteRecordRow, type RemoteRecord } from "./remote-record-repository.ts";
import type { Row } from "./row.ts";
import {
  fromOrderRow,
  type OrderWithCustomerRow,
  orderColumns,
  type StoredOrder,
} from "./stored-order.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";
import { toInstant } from "./timestamps.ts";
import { fromWriteBackRow, type WriteBack } from "./write-back.ts";

/** The truth about one order at one instant: what the facts of `planNextStep` are made of. */
export interface OrderForPlanning {
  readonly order: StoredOrder;
  readonly latest: OrderRevision;
  /** Every task of every revision, oldest first. `approvalStandingsOf` reads the newest path from them. */
  readonly tasks: readonly ApprovalTask[];
  /** Every decision ever made on the order, oldest first. */
  readonly decisions: readonly RecordedDecision[];
  /** Names of the tasks' approvers by e-mail address in lower case. */
  readonly names: Readonly<Record<string, string>>;
  /** Every right its lines ever granted. */
  readonly entitlements: readonly Entitlement[];
  readonly tokens: readonly {
    readonly jti: TokenId;
    readonly kid: string;
    readonly isRevoked: boolean;
  }[];
  readonly remoteRecords: readonly RemoteRecord[];
  readonly writeBacks: readonly WriteBack[];
  /** Where the order was bought on a page, and as whom there; null: it was not. */
  readonly checkout: {
    readonly connectionId: ConnectionId;
    readonly remoteCustomerId: string | null;
  } | null;
  /** No earlier order of this customer is standing: rejected and canceled ones do not count. */
  readonly isFirstOrderOfCustomer: boolean;
  /** Newest published catalog version; 0 before the first. Load the catalog only when yours is another. */
  readonly catalogVersion: number;
  /** The database's clock. */
  readonly now: Instant;
}

/** Everything at once, in one statement and so of one instant. Null: there is no such order of this tenant. */
export async function loadOrderForPlanning(
  tx: TenantTransaction,
  orderId: OrderId,
): Promise<OrderForPlanning | null> {
  const { rows } = await sql<PlanningRow>`
    select ${orderColumns}, ${approvalOf(sql`o.id`)},
        (select to_jsonb(r) from order_revisions r where r.order_id = o.id and r.revision = o.revision) as latest,
        ${listOf("entitlements", "id")} as entitlements,
        coalesce((select jsonb_agg(jsonb_build_object('jti', k.jti, 'kid', k.kid,
            'isRevoked', k.revoked_at is not null) order by k.jti)
          from tokens k where k.order_id = o.id), '[]') as tokens,
        ${listOf("remote_records", "remote_id")} as remote_records,
        ${listOf("write_backs", "connection_id")} as write_backs,
        (select jsonb_build_object('connectionId', s.connection_id, 'remoteCustomerId', s.remote_customer_id)
          from checkout_sessions s where s.order_id = o.id) as checkout,
        not exists (select from orders earlier where earlier.customer_id = o.customer_id and earlier.id < o.id
          and earlier.status not in ('Rejected', 'Canceled')) as is_first_order,
        coalesce((select max(version) from catalog_versions), 0) as catalog_version,
        clock_timestamp() as now
      from orders o left join customers c on c.id = o.customer_id where o.id = ${orderId}`.execute(
    tx.db,
  );
  const [row] = rows;
  if (!row) return null;
  return {
    order: fromOrderRow(row),
    latest: fromOrderRevisionRow(row.latest),
    tasks: row.tasks.map(fromApprovalTaskRow),
    decisions: row.decisions.map(fromApprovalDecisionRow),
    names: row.names,
    entitlements: row.entitlements.map(fromEntitlementRow),
    tokens: row.tokens,
    remoteRecords: row.remote_records.map(fromRemoteRecordRow),
    writeBacks: row.write_backs.map(fromWriteBackRow),
    checkout: row.checkout,
    isFirstOrderOfCustomer: row.is_first_order,
    catalogVersion: row.catalog_version,
    now: toInstant(row.now),
  };
}

function listOf(table: "entitlements" | "remote_records" | "write_backs", key: string) {
  return sql`coalesce((select jsonb_agg(to_jsonb(x) order by ${sql.ref(`x.${key}`)})
    from ${sql.table(table)} x where x.order_id = o.id), '[]')`;
}

interface PlanningRow extends OrderWithCustomerRow {
  readonly latest: Row<OrderRevisionRow>;
  readonly tasks: readonly Row<ApprovalTaskRow>[];
  readonly decisions: readonly ApprovalDecisionWithStageRow[];
  readonly names: Readonly<Record<string, string>>;
  readonly entitlements: readonly Row<EntitlementRow>[];
  readonly tokens: OrderForPlanning["tokens"];
  readonly remote_records: readonly Row<RemoteRecordRow>[];
  readonly write_backs: readonly Row<WriteBackRow>[];
  readonly checkout: OrderForPlanning["checkout"];
  readonly is_first_order: boolean;
  readonly catalog_version: number;
  readonly now: Date;
}
