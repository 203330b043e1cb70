import { ApiProblem } from "./api-problem.ts";
import { etagOf, listsEtag } from "./etag.ts";
import type { RequestFacts } from "./request-facts.ts";

/** Throws `precondition_failed` when If-Match was sent and the thing, as its GET would answer it, has another ETag. */
export function requireMatch({
  request,
  current,
}: {
  readonly request: RequestFacts;
  readonly current: unknown;
}): void {
  const list = request.header("if-match");
  if (list === undefined) return;
  if (listsEtag({ list, etag: etagOf(JSON.stringify(current)) })) return;
  throw new ApiProblem(
    "precondition_failed",
    "It has changed since you read it. Read it again, look at what changed, and send its new ETag.",
  );
}
