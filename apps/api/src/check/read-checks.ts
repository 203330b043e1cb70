import { type CheckRequest, checkSchema, routes } from "@usher/api-contract";
import { invalidRequest } from "../http/zod-faults.ts";
import { readPlainCheck } from "./read-plain-check.ts";

/** The question as the contract has it. Throws `invalid_request` with everything that is wrong. */
export function readCheck(value: unknown): CheckRequest {
  const plain = readPlainCheck(value);
  if (plain !== null) return plain;
  const parsed = checkSchema.safeParse(value);
  if (!parsed.success) throw invalidRequest({ error: parsed.error, place: "body" });
  return parsed.data;
}

/** How many questions a batch may hold. */
export const checksMax = 1_000;

/** The questions of a batch, each still to be read by itself. Throws `invalid_request`. */
export function readChecks(value: unknown): readonly unknown[] {
  if (isBatch(value)) return value;
  const { checks, ...others } = (value ?? {}) as { readonly checks?: unknown };
  if (isBatch(checks) && Object.keys(others).length === 0) return checks;
  const parsed = routes.checkBatch.body.schema.safeParse(value);
  if (!parsed.success) throw invalidRequest({ error: parsed.error, place: "body" });
  return Array.isArray(parsed.data) ? parsed.data : parsed.data.checks;
}

function isBatch(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0 && value.length <= checksMax;
}
