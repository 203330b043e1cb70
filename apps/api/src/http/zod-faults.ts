import type { ProblemItem } from "@usher/api-contract";
import type { z } from "zod";
import { ApiProblem } from "./api-problem.ts";
import { faultSentence } from "./fault-sentence.ts";

const faultsMax = 50;

/** Everything zod found wrong, as one problem: each with its place, what was expected, and the fix. */
export function invalidRequest({
  error,
  place,
}: {
  readonly error: z.ZodError;
  /** How places are written: `/lines/0/sku` in a body, `query:limit` in a query. */
  readonly place: "body" | "query" | "path" | "header";
}): ApiProblem {
  const items = withoutRepeats(error.issues.flatMap((issue) => toItems(issue, place)));
  const shown = items.slice(0, faultsMax);
  return new ApiProblem(
    "invalid_request",
    items.length === 1
      ? `One thing is wrong at ${shown[0]?.pointer === "" ? "the top level" : shown[0]?.pointer}: ${shown[0]?.detail}.`
      : `${items.length} things are wrong: see errors${items.length > shown.length ? `, which shows the first ${faultsMax}` : ""}.`,
    { errors: shown },
  );
}

/** A number beyond every bound breaks two of them, and is one fault. */
function withoutRepeats(items: readonly ProblemItem[]): readonly ProblemItem[] {
  return items.filter(
    ({ pointer, code }, at) =>
      items.findIndex((one) => one.pointer === pointer && one.code === code) === at,
  );
}

function toItems(issue: z.core.$ZodIssue, place: string): readonly ProblemItem[] {
  const pointer = toPointer(issue.path, place);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        pointer: toPointer([...issue.path, key], place),
        code: "unknown_field",
        detail: "this field is not part of the contract",
        fix: "Remove it, or check its spelling against /openapi.json.",
      }));
    case "invalid_union":
      return unionItems(issue, place, pointer);
    default:
      return [{ pointer, code: issue.code, ...faultSentence(issue) }];
  }
}

/** The alternative that came closest says most. */
function unionItems(
  issue: Extract<z.core.$ZodIssue, { code: "invalid_union" }>,
  place: string,
  pointer: string,
): readonly ProblemItem[] {
  const closest = issue.errors
    .toSorted((one, other) => one.length - other.length)
    .find((one) => one.some((fault) => fault.path.length > 0));
  if (closest === undefined) {
    return [
      {
        pointer,
        code: issue.code,
        detail: "it matches none of the allowed shapes",
        fix: "Send one of the shapes that /openapi.json describes.",
      },
    ];
  }
  return closest.flatMap((fault) =>
    toItems({ ...fault, path: [...issue.path, ...fault.path] } as z.core.$ZodIssue, place),
  );
}

function toPointer(path: readonly PropertyKey[], place: string): string {
  if (place !== "body") return `${place}:${path.map(String).join(".")}`;
  return path
    .map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
}
