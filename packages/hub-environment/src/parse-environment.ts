import { readFileSync } from "node:fs";
import type { z } from "zod";

/**
 * The environment by its schema. Each variable may come from a file instead, named by the variable
 * with `_FILE` behind it, as secrets are mounted into containers. Throws one sentence for each
 * variable that is missing or wrong, all at once; a value is never repeated, for it may be a secret.
 */
export function parseEnvironment<Schema extends z.ZodObject>(input: {
  /** Whose environment it is, for the sentence: "the worker". */
  readonly of: string;
  readonly schema: Schema;
  readonly environment: NodeJS.ProcessEnv;
}): z.output<Schema> {
  const { environment } = input;
  const faults: string[] = [];
  const given: NodeJS.ProcessEnv = { ...environment };
  for (const name of Object.keys(input.schema.shape)) {
    const path = environment[`${name}_FILE`];
    if (path === undefined || path === "") continue;
    if (environment[name] !== undefined && environment[name] !== "") {
      faults.push(`${name}: given twice, here and by ${name}_FILE; leave one out`);
      continue;
    }
    try {
      given[name] = readFileSync(path, "utf8").trim();
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
      faults.push(`${name}_FILE: the file it names cannot be read (${code})`);
      delete given[name];
    }
  }
  const parsed = input.schema.safeParse(given);
  if (parsed.success && faults.length === 0) return parsed.data;
  const wrong = parsed.error?.issues ?? [];
  for (const { path, message } of wrong) {
    // What its file is the reason for has been said.
    if (faults.some((fault) => fault.startsWith(`${String(path[0])}_FILE:`))) continue;
    faults.push(`${path.join(".")}: ${message}`);
  }
  throw new Error(`The environment of ${input.of} is not complete:\n  ${faults.join("\n  ")}`);
}
