import type { ErrorCode } from "@usher/entitlement-core/errors";
import { errorCatalog } from "@usher/entitlement-core/errors";
import { z } from "zod";

const errorCodes = Object.keys(errorCatalog) as [ErrorCode, ...ErrorCode[]];

export const errorCodeSchema = z.enum(errorCodes).meta({
  id: "ErrorCode",
  description: "A stable code of the error catalog. Each has a page at /docs/errors/<code>.",
  example: "invalid_request",
});

export const problemItemSchema = z
  .object({
    pointer: z.string().meta({
      description:
        "JSON Pointer (RFC 6901) into the body, or `query:<name>`, `path:<name>`, `header:<name>`.",
      example: "/lines/0/quantity",
    }),
    code: z.string().meta({ description: "What kind of fault this is.", example: "invalid_type" }),
    detail: z.string().meta({
      description: "What was expected and what came.",
      example: "expected integer, got string",
    }),
    fix: z
      .string()
      .meta({ description: "What to change.", example: "Send a whole number of at least 1." }),
  })
  .meta({ id: "ProblemItem", description: "One thing wrong with the request." });

/** Every answer that is not a success: `application/problem+json`, RFC 9457. */
export const problemSchema = z
  .object({
    type: z.string().meta({
      description: "Address of the page that explains the code.",
      example: "/docs/errors/invalid_request",
    }),
    title: z.string().meta({ example: "The request does not match the contract" }),
    status: z.int().meta({ example: 400 }),
    code: errorCodeSchema,
    detail: z.string().meta({
      description: "What was expected, what came, what to do.",
      example: "One field is wrong: see errors.",
    }),
    instance: z.string().meta({ description: "The path that was asked.", example: "/v1/orders" }),
    errors: z.array(problemItemSchema).meta({
      description: "Every fault found, all at once. Empty when the problem is not in a field.",
    }),
    trace_id: z.string().meta({
      description: "Trace id (W3C trace context) under which logs and traces are found.",
      example: "0af7651916cd43dd8448eb211c80319c",
    }),
    request_id: z
      .string()
      .meta({ description: "Same as the response header `X-Request-Id`.", example: "req_1k2m3n" }),
  })
  .meta({ id: "Problem", description: "What went wrong, why, and how to fix it (RFC 9457)." });

export type Problem = z.infer<typeof problemSchema>;
export type ProblemItem = z.infer<typeof problemItemSchema>;
