import { defineRoute, jsonBytesMax } from "../wire/route.ts";
import {
  checkAnswerSchema,
  checkBatchAnswerSchema,
  checkBatchSchema,
  checkSchema,
} from "./check-schema.ts";

export const check = defineRoute({
  operationId: "check",
  method: "post",
  path: "/v1/check",
  tag: "check",
  summary: "May this customer use this, now?",
  description:
    "Answered from memory. A no is an answer (200, `allowed: false`, with its reason), never an HTTP error; an unknown customer or feature is a no.",
  access: "check",
  idempotency: "none",
  body: { kind: "json", schema: checkSchema, bytesMax: 16_384 },
  success: { status: 200, description: "The answer.", schema: checkAnswerSchema },
  errors: [],
});

export const checkBatch = defineRoute({
  operationId: "checkBatch",
  method: "post",
  path: "/v1/check/batch",
  tag: "check",
  summary: "Up to 1,000 checks at once",
  access: "check",
  idempotency: "none",
  body: { kind: "json", schema: checkBatchSchema, bytesMax: jsonBytesMax },
  success: {
    status: 200,
    description: "One answer a check, in order.",
    schema: checkBatchAnswerSchema,
  },
  errors: [],
});
