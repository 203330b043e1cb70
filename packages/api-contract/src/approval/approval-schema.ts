import { z } from "zod";
import { createOrderSchema } from "../order/order-schema.ts";
import { problemSchema } from "../wire/problem-schema.ts";
import { idSchema, instantSchema, moneySchema, textSchema } from "../wire/scalars.ts";

export const decisionWordSchema = z
  .enum(["approve", "reject", "request_changes"])
  .meta({ id: "DecisionWord" });

export const approvalReasonSchema = z
  .object({
    fact: z.string().meta({
      description: "Which fact of the order the rule looks at.",
      example: "discount-percent",
    }),
    sentence: z.string().meta({
      description: "The rule, with limit and actual value.",
      example: "Discount of 28 % on line 1 is above 20 %",
    }),
  })
  .meta({ id: "ApprovalReason" });

export const approverSchema = z
  .union([z.object({ user: z.string() }), z.object({ group: z.string() })])
  .meta({ id: "Approver" });

export const quorumSchema = z
  .union([
    z.object({ kind: z.literal("any") }),
    z.object({ kind: z.literal("all") }),
    z.object({ kind: z.literal("count"), count: z.int() }),
  ])
  .meta({ id: "Quorum" });

export const approvalStageSchema = z
  .object({
    key: z.string(),
    name: z.string(),
    step: z.int(),
    approvers: z.array(approverSchema),
    quorum: quorumSchema,
    due_after_hours: z.number(),
    when_silent: z.enum(["park", "deny"]),
    reasons: z.array(approvalReasonSchema),
  })
  .meta({ id: "ApprovalStage" });

export const approvalDecisionSchema = z
  .object({
    id: idSchema("approvalDecision"),
    decision: decisionWordSchema,
    decided_by: z.string(),
    comment: z.string().nullable(),
    revision_hash: z.string(),
    channel: z.string().meta({ example: "api" }),
    decided_at: instantSchema,
  })
  .meta({ id: "ApprovalDecision" });

export const approvalTaskSchema = z
  .object({
    id: idSchema("approvalTask"),
    order_id: idSchema("order"),
    order_number: z.string(),
    order_name: z.string(),
    customer_name: z.string().nullable(),
    revision: z.int(),
    revision_hash: z.string().meta({
      description: "Send it with the decision: a decision on another revision is refused.",
    }),
    stage_key: z.string(),
    stage_name: z.string(),
    step: z.int(),
    status: z.enum([
      "waiting",
      "open",
      "approved",
      "rejected",
      "changes_requested",
      "superseded",
      "parked",
      "denied",
    ]),
    reasons: z.array(approvalReasonSchema),
    approvers: z.array(z.string()).meta({ description: "Who may decide, by e-mail address." }),
    quorum: quorumSchema,
    decisions: z.array(approvalDecisionSchema),
    opened_at: instantSchema.nullable(),
    due_at: instantSchema.nullable(),
    decided_at: instantSchema.nullable(),
    created_at: instantSchema,
  })
  .meta({ id: "ApprovalTask" });

export const decideSchema = z
  .strictObject({
    decision: decisionWordSchema,
    comment: textSchema({ max: 4_000 })
      .nullable()
      .optional()
      .meta({ description: "Must be given to reject or request changes." }),
    revision_hash: textSchema({ max: 200 }).meta({
      description: "The `revision_hash` the decision was formed on.",
    }),
  })
  .meta({
    id: "Decide",
    example: { decision: "approve", comment: null, revision_hash: "sha256:9f2c…" },
  });

export const decideManySchema = z
  .strictObject({
    decision: decisionWordSchema,
    comment: textSchema({ max: 4_000 }).nullable().optional(),
    tasks: z
      .array(
        z.strictObject({ id: textSchema({ max: 100 }), revision_hash: textSchema({ max: 200 }) }),
      )
      .min(1)
      .max(200),
  })
  .meta({ id: "DecideMany" });

export const decideManyAnswerSchema = z
  .object({
    data: z.array(
      z.union([
        z.object({ id: z.string(), decided: z.literal(true), task: approvalTaskSchema }),
        z.object({ id: z.string(), decided: z.literal(false), problem: problemSchema }),
      ]),
    ),
  })
  .meta({ id: "DecideManyAnswer", description: "One answer a task, in the order asked." });

const avoidingChangeSchema = z
  .union([
    z.object({
      change: z.literal("raise_unit_price"),
      line_id: z.string(),
      to_at_least: moneySchema,
    }),
    z.object({
      change: z.literal("shorten_term"),
      line_id: z.string(),
      to_at_most_months: z.int(),
    }),
    z.object({ change: z.literal("lower_total"), to_at_most: moneySchema }),
  ])
  .meta({ id: "AvoidingChange" });

const previewedStageSchema = approvalStageSchema
  .extend({
    avoided_by: z.array(avoidingChangeSchema).nullable().meta({
      description:
        "The smallest changes with which, all of them made, this stage is not asked. Null: no price, term or value avoids it.",
    }),
  })
  .meta({ id: "PreviewedStage" });

export const approvalPathPreviewSchema = z
  .object({
    stages: z.array(previewedStageSchema).meta({ description: "Empty: nobody needs to be asked." }),
    revision_hash: z.string().nullable(),
    faults: z.array(z.object({ code: z.string(), sentence: z.string() })).meta({
      description: "What would stop the order before anyone is asked.",
    }),
  })
  .meta({ id: "ApprovalPathPreview" });

export const previewApprovalPathSchema = createOrderSchema;
