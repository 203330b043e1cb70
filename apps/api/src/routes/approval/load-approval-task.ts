import type { WireApprovalTask } from "@usher/api-contract";
import { findApprovalTask, type TenantTransaction } from "@usher/database";
import type { ApprovalTaskId } from "@usher/entitlement-core/kernel";
import { notFound } from "../../http/api-problem.ts";
import { toWireApprovalTask } from "../../wire/to-wire-approval-task.ts";
import { decisionsOfTasks } from "./decisions-of-tasks.ts";

/** The task as the wire shows it. Throws `not_found` for another tenant's and for none. */
export async function loadWireApprovalTask(
  tx: TenantTransaction,
  id: ApprovalTaskId,
): Promise<WireApprovalTask> {
  const found = await findApprovalTask(tx, id);
  if (found === null) throw notFound("approval task");
  const decisions = (await decisionsOfTasks(tx, [id])).get(id) ?? [];
  return toWireApprovalTask({ ...found, decisions });
}
