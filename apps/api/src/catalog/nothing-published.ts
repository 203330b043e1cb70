import { ApiProblem } from "../http/api-problem.ts";

/** What a tenant without a catalog is told. */
export function nothingPublished(): ApiProblem {
  return new ApiProblem(
    "not_found",
    "No catalog is in force: nothing has been published yet. Publish one with POST /v1/catalog or `usher catalog push`.",
  );
}
