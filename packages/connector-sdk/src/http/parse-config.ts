import type { z } from "zod";
import { connectorFailure } from "./connector-failure.ts";

/**
 * A connection's configuration, parsed once. Throws a `ConnectorError` of category `config` that
 * names every wrong field; never the values, of which some are secrets.
 */
export function parseConfig<Schema extends z.ZodType>(input: {
  readonly schema: Schema;
  readonly config: unknown;
  readonly vendor: string;
}): z.output<Schema> {
  const parsed = input.schema.safeParse(input.config);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    (issue) =>
      `${issue.path.length === 0 ? "(configuration)" : issue.path.join(".")}: ${issue.message}`,
  );
  throw connectorFailure({
    category: "config",
    message: `The ${input.vendor} connection is not configured as it must be. Correct ${faults.join("; ")}.`,
  });
}
