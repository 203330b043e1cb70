import type { z } from "zod";

/**
 * The environment by its schema. Throws one sentence for each variable that is missing or wrong, all
 * at once; a value is never repeated, for it may be a secret.
 */
export function parseEnvironment<Schema extends z.ZodType>(input: {
  /** Whose environment it is, for the sentence: "the worker". */
  readonly of: string;
  readonly schema: Schema;
  readonly environment: NodeJS.ProcessEnv;
}): z.output<Schema> {
  const parsed = input.schema.safeParse(input.environment);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`The environment of ${input.of} is not complete:\n  ${faults.join("\n  ")}`);
}
