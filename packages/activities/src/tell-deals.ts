import { isDeepStrictEqual } from "node:util";
import { type ConnectorErrorDetail, isConnectorError } from "@usher/connector-sdk/spec";
import {
  busy,
  type Database,
  type DueWriteBack,
  lockOrder,
  recordOrderCommand,
  recordTellings,
  type Telling,
  type TenantTransaction,
  writeBacksDue,
} from "@usher/database";
import type { PublishedCatalog } from "@usher/entitlement-core/catalog";
import type { ConnectionId, Instant, TenantId } from "@usher/entitlement-core/kernel";
import { planWriteBack, type WriteBackPlan } from "@usher/entitlement-core/write-back";
import type { CallVendor } from "./call-vendor.ts";
import type { CatalogMemory } from "./catalog-memory.ts";
import type { ConnectedVendor } from "./connected-vendors.ts";
import type { AtFailpoint } from "./failpoint.ts";
import { refusedTellingProblem } from "./refused-telling-problem.ts";

export interface TellDealsDependencies {
  readonly database: Database;
  readonly callVendor: CallVendor;
  readonly catalogs: CatalogMemory;
  readonly publicUrl: string;
  readonly now: () => Instant;
  readonly atFailpoint: AtFailpoint;
}

export interface TellDealsResult {
  readonly told: number;
  readonly unchanged: number;
  readonly refused: number;
  /** True when a whole batch was due, so that there may be more. */
  readonly hasMore: boolean;
  /** A failure that is about the connection and not about one deal; those deals are still due. */
  readonly passing: ConnectorErrorDetail | null;
}

/** As many as the smallest collection call among CRMs takes. */
const batchSize = 200;
const callTimeoutMs = 60_000;

/**
 * Tells one CRM where its deals' orders stand: the newest status of up to 200 of them in one call.
 * At least once, with a sequence that only grows: whatever is told twice is told the same. One
 * process at a time per connection; answers null when another is at it.
 */
export async function tellDeals(
  deps: TellDealsDependencies,
  input: {
    readonly tenantId: TenantId;
    readonly vendor: ConnectedVendor;
    readonly signal: AbortSignal;
  },
): Promise<TellDealsResult | null> {
  const { connectionId } = input.vendor;
  const result = await deps.database.exclusively({ name: `tell:${connectionId}` }, (lost) =>
    tellBatch(deps, { ...input, signal: AbortSignal.any([input.signal, lost]) }),
  );
  return result === busy ? null : result;
}

interface PlannedTelling {
  readonly due: DueWriteBack;
  readonly plan: WriteBackPlan;
}

interface AnsweredTelling {
  readonly due: DueWriteBack;
  readonly telling: Telling;
}

async function tellBatch(
  deps: TellDealsDependencies,
  input: {
    readonly tenantId: TenantId;
    readonly vendor: ConnectedVendor;
    readonly signal: AbortSignal;
  },
): Promise<TellDealsResult> {
  const { tenantId, vendor } = input;
  const connectionId = vendor.connectionId as ConnectionId;
  const planned = await deps.database.withTenant({ tenantId, readOnly: true }, async (tx) => {
    const due = await writeBacksDue(tx, { connectionId, limit: batchSize });
    if (due.length === 0) return [];
    const catalog = await deps.catalogs.newest(tx);
    return due.map((one) => ({ due: one, plan: planTelling(one, { catalog, deps }) }));
  });
  const hasMore = planned.length === batchSize;
  const differing = planned.filter(({ plan }) => plan.differs);
  const same = planned.filter(({ plan }) => !plan.differs);
  const shown = same.map(
    ({ due, plan }): AnsweredTelling => ({
      due,
      telling: { ...answered(due), outcome: { kind: "told", hash: plan.hash, event: null } },
    }),
  );
  const written = await write(deps, { ...input, differing });
  const tellings = [...shown, ...written.tellings];
  await deps.database.withTenant({ tenantId }, async (tx) => {
    // With the record of the refusal or not at all: one that is recorded is not tried again.
    for (const one of tellings) await reportRefusal(tx, { ...one, now: deps.now() });
    await recordTellings(tx, {
      connectionId,
      tellings: tellings.map(({ telling }) => telling),
      actor: "usher",
      now: deps.now(),
    });
  });
  if (differing.length > 0) deps.atFailpoint("tell.after-commit");
  const refused = tellings.filter(({ telling }) => telling.outcome.kind === "refused").length;
  return {
    told: written.tellings.length - refused,
    unchanged: same.length,
    refused,
    hasMore: hasMore && written.passing === null,
    passing: written.passing,
  };
}

async function write(
  deps: TellDealsDependencies,
  input: {
    readonly tenantId: TenantId;
    readonly vendor: ConnectedVendor;
    readonly signal: AbortSignal;
    readonly differing: readonly PlannedTelling[];
  },
): Promise<{
  readonly tellings: readonly AnsweredTelling[];
  readonly passing: ConnectorErrorDetail | null;
}> {
  const { differing, vendor } = input;
  const { crm } = vendor;
  const [first] = differing;
  if (first === undefined || crm === null) return { tellings: [], passing: null };
  deps.atFailpoint("tell.before-call");
  const writes = differing.map(({ due, plan }) => ({
    dealId: due.writeBack.dealId,
    status: plan.status,
  }));
  try {
    const answers = await deps.callVendor({
      tenantId: input.tenantId,
      vendor,
      operation: "writeStatuses",
      idempotencyKey: `tell:${first.due.order.id}:${first.plan.status.sequence}`,
      timeoutMs: callTimeoutMs,
      signal: input.signal,
      call: (context) => crm.writeStatuses({ writes }, context),
    });
    deps.atFailpoint("tell.after-call");
    let passing: ConnectorErrorDetail | null = null;
    const tellings: AnsweredTelling[] = [];
    for (const [index, one] of differing.entries()) {
      const answer = answers[index];
      if (answer === undefined) {
        throw new Error(`${vendor.vendor} answered ${answers.length} of ${writes.length} writes.`);
      }
      if (typeof answer === "object" && isPassing(answer.error)) passing = answer.error;
      else {
        const telling = toTelling(one, { answer, system: vendor.vendor });
        tellings.push({ due: one.due, telling });
      }
    }
    return { tellings, passing };
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    return { tellings: [], passing: error.detail };
  }
}

function toTelling(
  { due, plan }: PlannedTelling,
  {
    answer,
    system,
  }: {
    readonly answer: "written" | "unchanged" | "outrun" | { readonly error: ConnectorErrorDetail };
    readonly system: string;
  },
): Telling {
  if (typeof answer === "object") {
    const problem = refusedTellingProblem({ order: due.order, error: answer.error });
    return { ...answered(due), outcome: { kind: "refused", problem } };
  }
  const { status, sequence } = plan.status;
  const event = {
    type: "crm_told",
    revision: due.order.revision,
    system,
    recordId: due.writeBack.dealId,
    status,
    sequence,
  } as const;
  return {
    ...answered(due),
    outcome: {
      kind: "told",
      // Outrun: it shows something later than we know, so the next telling writes in any case.
      hash: answer === "outrun" ? null : plan.hash,
      // Also when it shows it already: then a telling whose answer was lost is written down now.
      event: answer === "outrun" ? null : event,
    },
  };
}

function answered({ order }: DueWriteBack) {
  return { orderId: order.id, sequence: order.eventSequence };
}

function planTelling(
  { order, writeBack, content }: DueWriteBack,
  { catalog, deps }: { readonly catalog: PublishedCatalog; readonly deps: TellDealsDependencies },
): WriteBackPlan {
  const access = order.state.phase === "nothing" ? null : order.state.access;
  const names = new Map(catalog.offerings.map(({ sku, name }) => [sku, name]));
  return planWriteBack({
    order: {
      orderId: order.id,
      status: order.status,
      waitingOn: order.waitingOn,
      problem: order.problem,
      activeFromIso: access?.activeFromIso ?? null,
      activeUntilIso: access?.activeUntilIso ?? null,
      holds:
        access === null || content === null
          ? []
          : content.lines.map((line) => `${line.quantity} × ${names.get(line.sku) ?? line.sku}`),
      timeZone: content?.lines[0].term.timeZone ?? catalog.timeZone,
      url: `${deps.publicUrl}/orders/${order.id}`,
      eventSequence: order.eventSequence,
    },
    lastWritten:
      writeBack.writtenHash === null
        ? null
        : { sequence: writeBack.writtenSequence, hash: writeBack.writtenHash },
  });
}

/**
 * An active order whose CRM refuses to show it needs someone; any other is told again with its
 * next change. So is one that has changed while it was being told: that is already asked for.
 */
async function reportRefusal(
  tx: TenantTransaction,
  { due, telling, now }: AnsweredTelling & { readonly now: Instant },
): Promise<void> {
  if (telling.outcome.kind !== "refused" || due.order.state.phase !== "active") return;
  const { problem } = telling.outcome;
  const order = await lockOrder(tx, due.order.id);
  if (order === null || !isDeepStrictEqual(order.state, due.order.state)) return;
  await recordOrderCommand(tx, {
    order,
    command: { type: "report-problem", problem },
    actor: "usher",
    now,
  });
}

/** True when the same write may pass later without anyone changing the deal. */
function isPassing({ category }: ConnectorErrorDetail): boolean {
  switch (category) {
    case "auth_expired":
    case "auth_invalid":
    case "config":
    case "conflict_locked":
    case "conflict_stale":
    case "rate_limited":
    case "quota_exhausted":
    case "transient":
    case "outcome_unknown":
      return true;
    case "permission":
    case "validation":
    case "not_found":
    case "duplicate":
    case "schema_drift":
      return false;
  }
}
