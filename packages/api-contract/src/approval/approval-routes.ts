import { z } from "zod";
import { listOf, listQuery } from "../wire/list.ts";
import { defineRoute, jsonBytesMax } from "../wire/route.ts";
import { idSchema } from "../wire/scalars.ts";
import {
  approvalPathPreviewSchema,
  approvalTaskSchema,
  decideManyAnswerSchema,
  decideManySchema,
  decideSchema,
  previewApprovalPathSchema,
} from "./approval-schema.ts";

const taskParams = z.object({ id: idSchema("approvalTask") });

export const listApprovalTasks = defineRoute({
  operationId: "listApprovalTasks",
  method: "get",
  path: "/v1/approval_tasks",
  tag: "approval",
  summary: "List approval tasks",
  access: "approvals:read",
  idempotency: "none",
  query: z.strictObject({
    ...listQuery,
    status: z
      .enum([
        "waiting",
        "open",
        "approved",
        "rejected",
        "changes_requested",
        "superseded",
        "parked",
        "denied",
      ])
      .optional(),
    order_id: idSchema("order").optional(),
    mine: z
      .enum(["true", "false"])
      .optional()
      .meta({ description: "Only tasks the key's user may decide." }),
  }),
  success: {
    status: 200,
    description: "Tasks, newest first.",
    schema: listOf({ id: "ApprovalTaskList", item: approvalTaskSchema }),
  },
  errors: [],
});

export const getApprovalTask = defineRoute({
  operationId: "getApprovalTask",
  method: "get",
  path: "/v1/approval_tasks/{id}",
  tag: "approval",
  summary: "Show an approval task",
  description: "Never decides anything.",
  access: "approvals:read",
  idempotency: "none",
  params: taskParams,
  success: {
    status: 200,
    description: "The task as it stands.",
    schema: approvalTaskSchema,
    etag: true,
  },
  errors: ["not_found"],
});

export const decideApprovalTask = defineRoute({
  operationId: "decideApprovalTask",
  method: "post",
  path: "/v1/approval_tasks/{id}/decision",
  tag: "approval",
  summary: "Decide an approval task",
  description:
    "Decides in the name of the user the key belongs to. The decision counts for the revision whose hash is sent and for no other; the requester, the deal's owner and its last editor are refused.",
  access: "approvals:decide",
  idempotency: "optional",
  params: taskParams,
  body: { kind: "json", schema: decideSchema, bytesMax: jsonBytesMax },
  success: { status: 200, description: "The task with the decision.", schema: approvalTaskSchema },
  errors: [
    "not_found",
    "stale_revision",
    "already_decided",
    "self_approval",
    "not_an_approver",
    "comment_required",
  ],
});

export const decideApprovalTasks = defineRoute({
  operationId: "decideApprovalTasks",
  method: "post",
  path: "/v1/approval_decisions",
  tag: "approval",
  summary: "Decide many approval tasks",
  description: "Each task is judged by itself: a refused one does not stop the others.",
  access: "approvals:decide",
  // Tasks are decided one by one; repeating the request answers `already_decided` for each.
  idempotency: "none",
  body: { kind: "json", schema: decideManySchema, bytesMax: jsonBytesMax },
  success: {
    status: 200,
    description: "One answer a task, in order.",
    schema: decideManyAnswerSchema,
  },
  errors: [],
});

export const previewApprovalPath = defineRoute({
  operationId: "previewApprovalPath",
  method: "post",
  path: "/v1/approval_path_previews",
  tag: "approval",
  summary: "Preview who would have to approve",
  description:
    "Takes an order as `POST /v1/orders` does, stores nothing, and answers the stages it would have to pass.",
  access: "orders:write",
  idempotency: "none",
  body: { kind: "json", schema: previewApprovalPathSchema, bytesMax: jsonBytesMax },
  success: { status: 200, description: "The path.", schema: approvalPathPreviewSchema },
  errors: [],
});
