import type { z } from "zod";
import { connectorFailure } from "./connector-failure.ts";
import type { HttpAnswer } from "./http-client.ts";
import { parseDecimalSafeJson } from "./parse-decimal-safe-json.ts";

/**
 * The answer's JSON, decimal-safe. A page of HTML from a proxy, a cut-off body or no body at all is
 * no answer: `transient` on a read, `outcome_unknown` on a write. The message tells what came in
 * type and length only, since a body may hold personal data.
 */
export function readJsonAnswer(input: {
  readonly answer: HttpAnswer;
  readonly isWrite: boolean;
  readonly what: string;
}): unknown {
  const { answer, isWrite, what } = input;
  try {
    return parseDecimalSafeJson(answer.text);
  } catch (cause) {
    const type = answer.headers.get("content-type") ?? "no content type";
    throw connectorFailure({
      category: isWrite ? "outcome_unknown" : "transient",
      message: `${what}: expected JSON, got ${type} of ${answer.text.length} characters with status ${answer.status} that does not parse.`,
      cause,
    });
  }
}

/** `value` by `schema`. A mismatch is `schema_drift`, and names the field and what was wrong with it, not its content. */
export function parseShape<Schema extends z.ZodType>(input: {
  readonly schema: Schema;
  readonly value: unknown;
  readonly what: string;
}): z.output<Schema> {
  const parsed = input.schema.safeParse(input.value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join(".") || "(root)"}: ${withoutJargon(issue.message)}`);
  throw connectorFailure({
    category: "schema_drift",
    message: `${input.what}: the answer has another shape than documented: ${faults.join("; ")}.`,
  });
}

/** A field that is missing is nothing to people, and `undefined` to zod; a text that is no number is `NaN`. */
function withoutJargon(message: string): string {
  return message
    .replace("received undefined", "received nothing")
    .replace("received NaN", "received something else");
}
