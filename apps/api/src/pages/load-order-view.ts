import {
  findOfferingVersions,
  listOrderEvents,
  loadOrderForPlanning,
  loadPublishedCatalog,
  type OrderForPlanning,
  pageLimitMax,
  type StoredOrderEvent,
  type TenantTransaction,
} from "@usher/database";
import type { Feature } from "@usher/entitlement-core/catalog";
import type { Entitlement } from "@usher/entitlement-core/entitlement";
import { describeError } from "@usher/entitlement-core/errors";
import {
  formatMoney,
  instantFromIso,
  type Money,
  type OrderId,
  percentBelow,
  percentText,
} from "@usher/entitlement-core/kernel";
import { dayText, type OrderLine, orderTotal } from "@usher/entitlement-core/order";
import { fulfillOrderWorkflowId } from "@usher/workflows/contract";
import { eventSentence } from "./event-sentence.ts";
import type { TimeFormat } from "./format-time.ts";
import type { OrderLineRow, OrderView, RightRow } from "./order-page.ts";
import { railStops } from "./order-rail.ts";
import { runSpans } from "./run-picture.ts";
import { systemName } from "./system-name.ts";

/** What the order page shows; null when there is no such order of this tenant. */
export async function loadOrderView({
  tx,
  orderId,
  time,
  urlOfRun,
  eventsMax,
}: {
  readonly tx: TenantTransaction;
  readonly orderId: OrderId;
  readonly time: TimeFormat;
  /** How much of the timeline is shown; the picture is drawn from all of it. */
  readonly eventsMax: number;
  readonly urlOfRun: (workflowId: string) => string | null;
}): Promise<OrderView | null> {
  const found = await loadOrderForPlanning(tx, orderId);
  if (found === null) return null;
  const { items: events } = await listOrderEvents(tx, {
    orderId,
    limit: pageLimitMax,
    cursor: null,
  });
  const versionIds = [
    ...new Set(found.latest.content?.lines.map((line) => line.offeringVersionId) ?? []),
  ];
  const versions = versionIds.length === 0 ? [] : await findOfferingVersions(tx, versionIds);
  const names = new Map(versions.map((version) => [version.sku as string, version.name]));
  const features = (await loadPublishedCatalog(tx))?.features ?? [];
  const temporalUrl = urlOfRun(fulfillOrderWorkflowId({ tenantId: tx.tenantId, orderId }));
  return toOrderView({ found, events, names, features, time, temporalUrl, eventsMax });
}

const recordNames: ReadonlyMap<string, string> = new Map([
  ["subscription", "Subscription"],
  ["invoice", "Invoice"],
  ["sales_order", "Sales order"],
]);

/** Pure: the same rows make the same page. */
function toOrderView({
  found,
  events,
  names,
  features,
  time,
  temporalUrl,
  eventsMax,
}: {
  readonly found: OrderForPlanning;
  readonly events: readonly StoredOrderEvent[];
  readonly names: ReadonlyMap<string, string>;
  readonly features: readonly Feature[];
  readonly time: TimeFormat;
  readonly temporalUrl: string | null;
  readonly eventsMax: number;
}): OrderView {
  const { order, latest, now } = found;
  const happened = events.map(({ event, occurredAt }) => ({ event, at: occurredAt }));
  const openTask = found.tasks.find((task) => task.status === "open");
  return {
    number: order.number,
    name: order.dealName,
    customer: order.customer?.name ?? null,
    kind: order.kind,
    status: order.status,
    stops: railStops({ status: order.status, state: order.state, events: happened, time }),
    waitingOn:
      order.waitingOn === null
        ? null
        : {
            who: order.waitingOn.who,
            since: instantFromIso(order.waitingOn.sinceIso),
            due: order.waitingOn.dueIso === null ? null : instantFromIso(order.waitingOn.dueIso),
            taskId: openTask?.id ?? null,
          },
    problem:
      order.problem === null
        ? null
        : {
            sentence: order.problem.sentence,
            where: order.problem.where,
            help: describeError(order.problem.code).docsPath,
            otherFaults: order.problem.faults.slice(1).map((fault) => fault.sentence),
          },
    lines: latest.content?.lines.map((line) => toLineRow(line, names)) ?? [],
    total: latest.content === null ? null : formatMoney(orderTotal(latest.content)),
    source: `${systemName(order.source.system)} ${order.source.id}, version ${latest.dealVersion}`,
    revision: order.revision,
    revisionHash: order.revisionHash,
    rights: found.entitlements
      .map((entitlement) => toRightRow({ entitlement, features, now }))
      .filter((row) => row.to === null || row.to > row.from),
    tokens: found.tokens.map(({ jti, isRevoked }) => ({ jti, isRevoked })),
    bills: found.remoteRecords.map((record) => ({
      kind: recordNames.get(record.kind) ?? record.kind,
      id: record.remoteId,
      total: formatMoney({
        minor: record.totalMinor,
        currency: record.currency as Money["currency"],
      }),
      state: record.state,
    })),
    events: events
      .toReversed()
      .slice(0, eventsMax)
      .map(({ event, actor, occurredAt }) => ({ ...eventSentence(event), at: occurredAt, actor })),
    olderEvents: Math.max(0, events.length - eventsMax),
    spans: runSpans(happened),
    temporalUrl,
    now,
  };
}

export function toLineRow(line: OrderLine, names: ReadonlyMap<string, string>): OrderLineRow {
  const { startsOn, months } = line.term;
  return {
    product: names.get(line.sku) ?? line.sku,
    quantity: line.quantity.toLocaleString("en-US"),
    unitPrice: formatMoney(line.unitPrice),
    discount: discountText(line),
    term: `${months} ${months === 1 ? "month" : "months"} from ${dayText(startsOn)}`,
  };
}

export function discountText({
  listPrice,
  unitPrice,
}: Pick<OrderLine, "listPrice" | "unitPrice">): string {
  if (listPrice === null) return "no list price";
  const below = percentBelow({ list: listPrice, actual: unitPrice });
  return below.numerator === 0n ? "none" : `${percentText(below)} %`;
}

function toRightRow({
  entitlement,
  features,
  now,
}: {
  readonly entitlement: Entitlement;
  readonly features: readonly Feature[];
  readonly now: number;
}): RightRow {
  const { value, activeFrom, activeTo } = entitlement;
  const feature = features.find(({ key }) => key === entitlement.feature);
  return {
    feature: feature?.name ?? entitlement.feature,
    grants: grantText(value, feature),
    from: activeFrom,
    to: activeTo,
    isActive: activeFrom <= now && (activeTo === null || now < activeTo),
  };
}

/** What a right gives, in a few words. */
function grantText(value: Entitlement["value"], feature: Feature | undefined): string {
  switch (value.kind) {
    case "boolean":
      return "included";
    case "config":
      return `${typeof value.value === "object" ? value.value.join(", ") : String(value.value)}`;
    case "metered":
      return `${limitText(value.limit)}${feature?.kind === "metered" ? ` ${feature.unit}s` : ""}${value.reset === "never" ? "" : ` a ${value.reset}`}`;
    case "seat":
      return `${limitText(value.limit)} seats`;
  }
}

function limitText(limit: { readonly kind: string; readonly amount?: number }): string {
  return limit.kind === "limited"
    ? (limit.amount ?? 0).toLocaleString("en-US")
    : limit.kind === "unlimited"
      ? "unlimited"
      : "no";
}
