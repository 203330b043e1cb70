import type { Hono } from "hono";
import { ApiProblem } from "./api-problem.ts";

/** For each path: OPTIONS tells the methods, any other method it does not answer is 405 with Allow. */
export function refuseOtherMethods({
  app,
  methodsByPath,
  answer,
}: {
  readonly app: Hono;
  readonly methodsByPath: ReadonlyMap<string, readonly string[]>;
  readonly answer: (context: import("hono").Context, serve: () => Response) => Promise<Response>;
}): void {
  for (const [path, methods] of methodsByPath) {
    const allow = allowHeader(methods);
    app.all(path, (context) =>
      answer(context, () => {
        if (context.req.method === "OPTIONS")
          return new Response(null, { status: 204, headers: { Allow: allow } });
        throw new ApiProblem("method_not_allowed", `This path answers ${allow}.`, {
          headers: { Allow: allow },
        });
      }),
    );
  }
}

function allowHeader(methods: readonly string[]): string {
  const all = new Set(methods.map((method) => method.toUpperCase()));
  if (all.has("GET")) all.add("HEAD");
  return [...all, "OPTIONS"].toSorted().join(", ");
}
