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
import { diffContent } from "@usher/entitlement-core/approval";
import type { Feature, OfferingVersion } from "@usher/entitlement-core/catalog";
import type { Entitlement } from "@usher/entitlement-core/entitlement";
import { type ApprovalTaskId, formatMoney, percentText } from "@usher/entitlement-core/kernel";
import { dayText, type OrderContent, orderTotal } from "@usher/entitlement-core/order";
import type { ApprovalView } from "./approval-page.ts";
import { closedNotice } from "./closed-notice.ts";
import { conditionBars } from "./condition-bars.ts";
import { diffSentences } from "./diff-sentences.ts";
import type { TimeFormat } from "./format-time.ts";
import { largestDiscount } from "./largest-discount.ts";
import { discountText, toLineRow } from "./load-order-view.ts";
import { rightsBeforeAndAfter } from "./rights-before-and-after.ts";

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
    bars: task.stage.reasons.flatMap((reason) => conditionBars(reason.condition, content)),
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
