import {
  approvalStandingsOf,
  entitlementsOfCustomers,
  findOfferingVersions,
  listOrderRevisions,
  loadOrderForPlanning,
  loadPublishedCatalog,
  type OrderForPlanning,
  type OrderRevision,
  type TenantTransaction,
} from "@usher/database";
import {
  type ApprovalCondition,
  type ContentDiff,
  diffContent,
} from "@usher/entitlement-core/approval";
import type { Feature, OfferingVersion } from "@usher/entitlement-core/catalog";
import {
  type Entitlement,
  effectiveEntitlement,
  entitlementsFromOrder,
  supersede,
} from "@usher/entitlement-core/entitlement";
import {
  type ApprovalTaskId,
  type CustomerId,
  type EntitlementId,
  formatMoney,
  type Instant,
  type Money,
  maxPercent,
  percentBelow,
  percentText,
  termInterval,
} from "@usher/entitlement-core/kernel";
import { dayText, type OrderContent, orderTotal } from "@usher/entitlement-core/order";
import type { ApprovalView } from "./approval-page.ts";
import type { TimeFormat } from "./format-time.ts";
import type { LimitBar } from "./limit-bar.ts";
import { discountText, toLineRow } from "./load-order-view.ts";

type OpenView = Omit<ApprovalView, "comment" | "refusal">;

interface Found {
  readonly found: OrderForPlanning;
  readonly revisions: readonly OrderRevision[];
  readonly held: readonly Entitlement[];
  readonly features: readonly Feature[];
  readonly versions: readonly OfferingVersion[];
}

/** What the approval page shows to this viewer; null when there is no such task of this tenant. */
export async function loadApprovalView({
  tx,
  taskId,
  viewerEmail,
  time,
}: {
  readonly tx: TenantTransaction;
  readonly taskId: ApprovalTaskId;
  readonly viewerEmail: string;
  readonly time: TimeFormat;
}): Promise<OpenView | null> {
  const row = await tx.db
    .selectFrom("approval_tasks")
    .select("order_id")
    .where("id", "=", taskId)
    .executeTakeFirst();
  if (row === undefined) return null;
  const found = await loadOrderForPlanning(tx, row.order_id as never);
  if (found === null) return null;
  const revisions = await listOrderRevisions(tx, found.order.id);
  const customerId = found.order.customer?.id;
  const held = customerId === undefined ? [] : await entitlementsOfCustomers(tx, [customerId]);
  const features = (await loadPublishedCatalog(tx))?.features ?? [];
  const ids = [
    ...new Set(
      revisions.flatMap((one) => one.content?.lines.map((line) => line.offeringVersionId) ?? []),
    ),
  ];
  const versions = ids.length === 0 ? [] : await findOfferingVersions(tx, ids);
  return toApprovalView({ found, revisions, held, features, versions, taskId, viewerEmail, time });
}

/** Pure: the same rows make the same page. */
function toApprovalView({
  taskId,
  viewerEmail,
  time,
  ...facts
}: Found & {
  readonly taskId: ApprovalTaskId;
  readonly viewerEmail: string;
  readonly time: TimeFormat;
}): OpenView | null {
  const { found, revisions, versions } = facts;
  const { order } = found;
  const task = found.tasks.find((one) => one.id === taskId);
  const seen = revisions.find((one) => one.revision === task?.revision);
  if (task === undefined || seen === undefined || seen.content === null) return null;
  const { content } = seen;
  const names = new Map(versions.map((version) => [version.sku as string, version.name]));
  const before =
    revisions.find((one) => one.revision < seen.revision && one.content !== null)?.content ?? null;
  return {
    taskId,
    ask: askSentence(content),
    orderId: order.id,
    orderNumber: order.number,
    orderName: order.dealName,
    stage: task.stage.name,
    revisionHash: task.revisionHash,
    facts: headline(content),
    reasons: task.stage.reasons.map((reason) => reason.sentence),
    bars: task.stage.reasons.flatMap((reason) => barOf(reason.condition, content)),
    changes: rightsBeforeAndAfter({
      ...facts,
      held: facts.held.filter(
        ({ provenance }) => provenance.orderId !== order.id || provenance.revision < seen.revision,
      ),
      content,
      revision: seen.revision,
      at: task.decidedAt ?? found.now,
    }),
    sinceLast: before === null ? [] : diffSentences(diffContent(before, content)),
    lines: content.lines.map((line) => ({
      ...toLineRow(line, names),
      price: formatMoney(line.unitPrice),
      list:
        line.listPrice === null
          ? "none"
          : `${formatMoney(line.listPrice)} (${discountText(line)} off)`,
    })),
    others: otherStages({ found, task }),
    dueAt: task.dueAt,
    closed: closedNotice({ found, task, viewerEmail, time }),
  };
}

function askSentence(content: OrderContent): string {
  const discount = largestDiscount(content);
  const off =
    discount === null || discount.numerator <= 0n
      ? "at list price"
      : `at ${percentText(discount)} % off list`;
  return `Approve ${formatMoney(orderTotal(content))} for ${content.customer.name}, ${off}?`;
}

function largestDiscount({ lines }: OrderContent) {
  return lines
    .flatMap(({ listPrice, unitPrice }) =>
      listPrice === null ? [] : [percentBelow({ list: listPrice, actual: unitPrice })],
    )
    .reduce<ReturnType<typeof percentBelow> | null>(
      (most, one) => (most === null ? one : maxPercent(most, one)),
      null,
    );
}

function headline(content: OrderContent): ApprovalView["facts"] {
  const discount = largestDiscount(content);
  const months = [...new Set(content.lines.map((line) => line.term.months))].toSorted(
    (one, other) => one - other,
  );
  const start = content.lines.map((line) => line.term.startsOn).toSorted()[0];
  return [
    { name: "Customer", value: content.customer.name },
    { name: "Value", value: formatMoney(orderTotal(content)) },
    {
      name: "Off list price",
      value: discount === null ? "no list price" : `${percentText(discount)} %`,
    },
    { name: "Term", value: `${months.join(" and ")} months` },
    { name: "Starts", value: start === undefined ? "" : dayText(start) },
    { name: "Sold by", value: content.owner?.name ?? "not said" },
  ];
}

function barOf(condition: ApprovalCondition, content: OrderContent): readonly LimitBar[] {
  switch (condition.fact) {
    case "discount-percent": {
      const discount = largestDiscount(content);
      if (discount === null) return [];
      const actual = Number(discount.numerator) / Number(discount.denominator);
      return [
        {
          label: "Discount",
          actual,
          limit: condition.above,
          actualText: `${percentText(discount)} %`,
          limitText: `${condition.above} %`,
        },
      ];
    }
    case "total-value": {
      const total = orderTotal(content);
      const limit = { minor: condition.aboveMinor, currency: total.currency };
      return [
        {
          label: "Value",
          actual: total.minor,
          limit: limit.minor,
          actualText: formatMoney(total),
          limitText: formatMoney(limit),
        },
      ];
    }
    case "term-months": {
      const longest = Math.max(...content.lines.map((line) => line.term.months));
      return [
        {
          label: "Term",
          actual: longest,
          limit: condition.above,
          actualText: `${longest} months`,
          limitText: `${condition.above} months`,
        },
      ];
    }
    case "country":
    case "sku-class":
    case "first-order-of-customer":
    case "always":
      return [];
  }
}

/**
 * Each feature the order touches: what the customer may use at the instant, and once the order is
 * granted. `held` is without what the order itself has granted since: a decided task goes on to
 * show what was decided about.
 */
function rightsBeforeAndAfter({
  found,
  held,
  features,
  versions,
  content,
  revision,
  at,
}: Found & {
  readonly content: OrderContent;
  readonly revision: number;
  readonly at: Instant;
}): ApprovalView["changes"] {
  const customerId = found.order.customer?.id ?? ("" as CustomerId);
  const drafts = entitlementsFromOrder({
    content,
    offeringVersions: versions,
    customerId,
    orderId: found.order.id,
    revision,
    decisionIds: [],
  });
  const ofOrder = held.filter((one) => one.provenance.orderId === found.order.id);
  const plan = supersede({ held: ofOrder, drafts, now: at });
  const ends = new Map(plan.end.map((one) => [one.id, one.activeTo]));
  const after: Entitlement[] = [
    ...held.map((one) => ({ ...one, activeTo: ends.get(one.id) ?? one.activeTo })),
    ...plan.start.map((one, index) => ({ ...one, id: `planned-${index}` as EntitlementId })),
  ];
  // Rights that begin later are compared at their beginning.
  const begins = Math.max(
    at,
    ...content.lines.map((line) => termInterval(line.term).from),
  ) as Instant;
  const touched = new Set(drafts.map((draft) => draft.feature));
  return features
    .filter((feature) => touched.has(feature.key))
    .map((feature) => {
      const now = effectText(effectiveEntitlement({ entitlements: held, feature, at }), feature);
      const then = effectText(
        effectiveEntitlement({ entitlements: after, feature, at: begins }),
        feature,
      );
      return { what: feature.name, before: now, after: then, differs: now !== then };
    });
}

function effectText(effective: ReturnType<typeof effectiveEntitlement>, feature: Feature): string {
  if (!effective.isActive) return "nothing";
  switch (feature.kind) {
    case "boolean":
      return "included";
    case "config":
      return effective.value === null
        ? "set"
        : typeof effective.value === "object"
          ? effective.value.join(", ")
          : String(effective.value);
    case "metered":
    case "seat": {
      const unit =
        feature.kind === "seat"
          ? "seats"
          : `${feature.unit}s${effective.reset === "never" ? "" : ` a ${effective.reset}`}`;
      return effective.limit.kind === "limited"
        ? `${effective.limit.amount.toLocaleString("en-US")} ${unit}`
        : effective.limit.kind;
    }
  }
}

function diffSentences(diff: ContentDiff): readonly string[] {
  return [
    ...diff.fields.map((one) => `${one.field.replaceAll("-", " ")}: ${beforeAndAfter(one)}`),
    ...diff.lines.flatMap(lineSentences),
    ...(diff.total === null ? [] : [`value: ${beforeAndAfter(diff.total)}`]),
  ];
}

function lineSentences(line: ContentDiff["lines"][number]): readonly string[] {
  if (line.kind === "changed") {
    return line.changes.map(
      (one) => `${line.after.sku}, ${one.field.replaceAll("-", " ")}: ${beforeAndAfter(one)}`,
    );
  }
  const what = `${line.line.quantity} × ${line.line.sku}`;
  return [line.kind === "added" ? `new line: ${what}` : `line gone: ${what}`];
}

function beforeAndAfter({
  before,
  after,
}: {
  readonly before: unknown;
  readonly after: unknown;
}): string {
  return `${valueText(before)} → ${valueText(after)}`;
}

function valueText(value: unknown): string {
  if (value === null) return "nothing";
  return typeof value === "object" && "minor" in value
    ? formatMoney(value as Money)
    : String(value);
}

function otherStages({
  found,
  task,
}: {
  readonly found: OrderForPlanning;
  readonly task: OrderForPlanning["tasks"][number];
}): ApprovalView["others"] {
  const standings = approvalStandingsOf({ revision: task.pathRevision, ...found });
  const stages = standings?.path.stages ?? [];
  return stages
    .filter((stage) => stage.key !== task.stage.key)
    .map((stage) => {
      const ofStage = found.tasks.findLast((one) => one.stage.key === stage.key);
      const who =
        ofStage?.approverEmails.map((email) => found.names[email] ?? email).join(", ") ?? "";
      const status = ofStage?.status ?? "waiting";
      return {
        stage: stage.name,
        who,
        state: status.replaceAll("_", " "),
        isSettled: status === "approved",
      };
    });
}

/** Why there is nothing to decide: someone has, the order has moved on, or it is not this viewer's to decide. */
function closedNotice({
  found,
  task,
  viewerEmail,
  time,
}: {
  readonly found: OrderForPlanning;
  readonly task: OrderForPlanning["tasks"][number];
  readonly viewerEmail: string;
  readonly time: TimeFormat;
}): ApprovalView["closed"] {
  const email = viewerEmail.toLowerCase();
  const last = found.decisions.findLast((one) => one.taskId === task.id);
  if (last !== undefined && (task.status !== "open" || last.decidedBy === email)) {
    const words = {
      approve: "approved",
      reject: "rejected",
      request_changes: "asked for changes to",
    } as const;
    const name = found.names[last.decidedBy] ?? last.decidedBy;
    return {
      tone: last.decision === "approve" ? "good" : "warn",
      sentence: `${name} ${words[last.decision]} this at ${time.text(last.decidedAt)}`,
      detail: last.comment,
    };
  }
  if (task.status === "superseded") {
    return {
      tone: "info",
      sentence: "The order has changed since you were asked",
      detail:
        "This request no longer counts. A new one was made for what changed, if it still has to be asked.",
    };
  }
  if (task.status === "parked" || task.status === "denied") {
    return {
      tone: "warn",
      sentence:
        task.status === "parked"
          ? "Nobody decided in time"
          : "Nobody decided in time: denied by policy",
      detail: task.status === "parked" ? "The order is parked. Resume it to be asked again." : null,
    };
  }
  if (task.excludedEmails.includes(email)) {
    return {
      tone: "info",
      sentence: "This is not yours to decide",
      detail: "You requested, own or last edited this deal, so somebody else has to look at it.",
    };
  }
  if (!task.approverEmails.includes(email)) {
    const who = task.approverEmails.map((one) => found.names[one] ?? one).join(", ");
    return { tone: "info", sentence: "This is not asked of you", detail: `Asked: ${who}.` };
  }
  if (task.status === "waiting") {
    return {
      tone: "info",
      sentence: "Not asked yet",
      detail: "An earlier step has to be decided first.",
    };
  }
  return null;
}
