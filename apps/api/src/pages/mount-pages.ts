import { describeError } from "@usher/entitlement-core/errors";
import type { Context, Hono } from "hono";
import { toApiProblem } from "../http/answer-request.ts";
import { ApiProblem, notFound } from "../http/api-problem.ts";
import type { RequestFacts } from "../http/request-facts.ts";
import type { Logger } from "../observability/create-logger.ts";
import { approveTogether, showTogether } from "./approve-together.ts";
import { decide, showApproval } from "./decide-on-approval.ts";
import { docsPage } from "./docs-page.ts";
import { errorIndexPage, errorPage } from "./error-pages.ts";
import { htmlResponse, openPage, type PageContext, type SignedInContext } from "./page-context.ts";
import type { PageDependencies } from "./page-dependencies.ts";
import { redirect } from "./redirect.ts";
import { showApprovals } from "./show-approvals.ts";
import { showConnection, showConnections } from "./show-connections.ts";
import { showOrder, showOrders } from "./show-orders.ts";
import { chooseTimeZone, showSignIn, signIn, signOut } from "./sign-in-out.ts";
import { refusalPage } from "./sign-in-page.ts";
import { stylesheet, stylesheetPath } from "./stylesheet.ts";

/** How a page is asked for: answered, timed and logged like every other request. */
export type AnswerPage = (
  context: Context,
  operation: string,
  serve: (request: RequestFacts) => Promise<Response>,
) => Promise<Response>;

/** The pages that must open cold on a phone: no script, forms by POST, GET never changes anything. */
export function mountPages({
  app,
  deps,
  answer,
}: {
  readonly app: Hono;
  readonly deps: PageDependencies;
  readonly answer: AnswerPage;
}): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, string[]>();
  const mount = (
    method: "GET" | "POST",
    path: string,
    operation: string,
    serve: (page: PageContext) => Promise<Response>,
  ) => {
    methods.set(path, [...(methods.get(path) ?? []), method]);
    app.on(method, path, (context) =>
      answer(context, operation, async (request) => {
        const page = await openPage({ deps, context, request });
        try {
          return await serve(page);
        } catch (error) {
          return refusalResponse({ page, error, log: deps.log });
        }
      }),
    );
  };
  const mountSignedIn = (
    method: "GET" | "POST",
    path: string,
    operation: string,
    serve: (page: SignedInContext) => Promise<Response>,
  ) => {
    mount(method, path, operation, async (page) => {
      if (page.session !== null) return serve({ ...page, session: page.session });
      if (method === "GET")
        return redirect(`/sign-in?back=${encodeURIComponent(page.request.path)}`);
      throw new ApiProblem(
        "missing_api_key",
        "You are not signed in (any more). Sign in and send the form again.",
      );
    });
  };

  app.get(
    stylesheetPath,
    () =>
      new Response(stylesheet, {
        headers: {
          "Content-Type": "text/css; charset=utf-8",
          "Cache-Control": "public, max-age=31536000, immutable",
          "X-Content-Type-Options": "nosniff",
        },
      }),
  );
  mount("GET", "/", "start_page", async () => redirect("/orders"));
  mount("GET", "/sign-in", "sign_in_page", async (page) => showSignIn(page));
  mount("POST", "/sign-in", "sign_in", (page) => signIn(page, deps));
  mount("GET", "/time-zone", "choose_time_zone", chooseTimeZone);
  mount("GET", "/docs", "docs_page", async ({ shell }) =>
    htmlResponse(docsPage(shell, deps.publicUrl)),
  );
  mount("GET", "/docs/errors", "error_index_page", async ({ shell }) =>
    htmlResponse(errorIndexPage(shell, deps.errorPages)),
  );
  mount("GET", "/docs/errors/:code", "error_page", async ({ shell, context }) => {
    const page = errorPage(shell, deps.errorPages, context.req.param("code") ?? "");
    if (page === null) throw notFound("error code");
    return htmlResponse(page);
  });
  mountSignedIn("POST", "/sign-out", "sign_out", (page) => signOut(page, deps));
  mountSignedIn("GET", "/orders", "orders_page", (page) => showOrders(page, deps));
  mountSignedIn("GET", "/orders/:id", "order_page", (page) => showOrder(page, deps));
  mountSignedIn("GET", "/approvals", "approvals_page", (page) => showApprovals(page, deps));
  mountSignedIn("GET", "/approvals/together", "together_page", (page) => showTogether(page, deps));
  mountSignedIn("POST", "/approvals/together", "approve_together", (page) =>
    approveTogether(page, deps),
  );
  mountSignedIn("GET", "/approvals/:id", "approval_page", (page) => showApproval(page, deps));
  mountSignedIn("GET", "/connections", "connections_page", (page) => showConnections(page, deps));
  mountSignedIn("GET", "/connections/:id", "connection_page", (page) => showConnection(page, deps));
  mountSignedIn("POST", "/approvals/:id/decision", "decide_on_page", (page) => decide(page, deps));
  // A person who followed a wrong link gets a page; a program gets its problem from the API.
  app.get("*", async (context, next) =>
    isAskedByBrowser(context)
      ? answer(context, "unknown_page", async (request) => {
          const error = new ApiProblem(
            "not_found",
            "There is no such page. Look for it from here.",
          );
          const page = await openPage({ deps, context, request });
          return refusalResponse({ page, error, log: deps.log });
        })
      : next(),
  );
  return methods;
}

function isAskedByBrowser({ req }: Context): boolean {
  return !req.path.startsWith("/v1/") && (req.header("accept") ?? "").includes("text/html");
}

async function refusalResponse({
  page,
  error,
  log,
}: {
  readonly page: PageContext;
  readonly error: unknown;
  readonly log: Logger;
}): Promise<Response> {
  const problem = toApiProblem(error);
  if (problem.code === "internal_error") {
    log.error(
      { err: error, request_id: page.request.requestId },
      "a page failed in a way nobody foresaw",
    );
  }
  const { title } = describeError(problem.code);
  const shown = refusalPage(page.shell, { title, detail: problem.message, code: problem.code });
  return htmlResponse(shown, { status: problem.status });
}
