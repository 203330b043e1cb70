import type { Metadata } from "./params.ts";
import type {
  CollectionMethod,
  InvoiceLineRow,
  ResourceRow,
  SubscriptionItemRow,
} from "./stripe-rows.ts";

export interface SchedulePhaseRow {
  readonly startDate: number;
  readonly endDate: number;
  readonly currency: string;
  readonly items: readonly SubscriptionItemRow[];
  /** One-off lines billed when the phase begins. */
  readonly extraLines: readonly Omit<InvoiceLineRow, "id">[];
  readonly metadata: Metadata;
  readonly prorationBehavior: "create_prorations" | "always_invoice" | "none";
  readonly billingCycleAnchor: "automatic" | "phase_start" | null;
}

export interface SubscriptionScheduleRow extends ResourceRow {
  readonly customer: string;
  readonly status: "not_started" | "active" | "completed" | "released" | "canceled";
  readonly endBehavior: "cancel" | "release";
  readonly metadata: Metadata;
  readonly collectionMethod: CollectionMethod;
  readonly daysUntilDue: number | null;
  /** Never empty; each begins where the one before ends. */
  readonly phases: readonly SchedulePhaseRow[];
  readonly subscription: string | null;
  readonly releasedSubscription: string | null;
  readonly canceledAt: number | null;
  readonly completedAt: number | null;
  readonly releasedAt: number | null;
}
