import {
  addSession,
  connectionStandings,
  countOrders,
  endSession,
  findConnection,
  findUser,
  hashSecret,
  listApprovalTasks,
  listConnections,
  listOrders,
  pageLimitMax,
  redeemSignInCode,
} from "@usher/database";
import { describeError } from "@usher/entitlement-core/errors";
import { formatMoney, type Instant, isId, parseTimeZone } from "@usher/entitlement-core/kernel";
import { type OrderStatus, orderTotal, statusLadder } from "@usher/entitlement-core/order";
import type { Context, Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { ApiDependencies } from "../api-dependencies.ts";
import type { ApiKeyCache } from "../auth/api-key-cache.ts";
import { sessionCookie, sessionLifeMs } from "../auth/session.ts";
import { toApiProblem } from "../http/answer-request.ts";
import { ApiProblem, notFound } from "../http/api-problem.ts";
import type { BackgroundWork } from "../http/background-work.ts";
import type { RequestFacts } from "../http/request-facts.ts";
import type { Logger } from "../observability/create-logger.ts";
import { takeDecision } from "../routes/approval/take-decision.ts";
import type { EagerDelivery } from "../routes/order/eager-delivery.ts";
import { toWireConnection } from "../wire/to-wire-connection.ts";
import { approvalPage } from "./approval-page.ts";
import { type ApprovalRow, approvalsPage } from "./approvals-page.ts";
import { connectionPage, connectionsPage } from "./connection-pages.ts";
import { docsPage } from "./docs-page.ts";
import { type ErrorPages, errorIndexPage, errorPage } from "./error-pages.ts";
import type { Html } from "./html.ts";
import { loadApprovalView } from "./load-approval-view.ts";
import { loadOrderView } from "./load-order-view.ts";
import { orderPage } from "./order-page.ts";
import { type OrderRow, ordersPage } from "./orders-page.ts";
import {
  htmlResponse,
  openPage,
  type PageContext,
  readForm,
  readSessionForm,
  type SignedInContext,
  safeBack,
  timeZoneCookie,
} from "./page-context.ts";
import { refusalPage, signInLinkPage, signInPage } from "./sign-in-page.ts";
import { stylesheet, stylesheetPath } from "./stylesheet.ts";

export interface PageDependencies
  extends Pick<
    ApiDependencies,
    "database" | "publicUrl" | "temporal" | "log" | "connectors" | "brokenConnectors" | "clock"
  > {
  readonly keys: ApiKeyCache;
  readonly delivery: EagerDelivery;
  readonly background: BackgroundWork;
  readonly errorPages: ErrorPages;
}

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

function redirect(to: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, {
    status: 303,
    headers: { Location: to, "Cache-Control": "no-store", ...headers },
  });
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

async function showSignIn({ shell, context }: PageContext): Promise<Response> {
  const back = safeBack(context.req.query("back"));
  const code = context.req.query("code");
  // Showing uses nothing up: a mail scanner that opens the link leaves it as it was.
  const page =
    code === undefined
      ? signInPage(shell, { back, refusal: null })
      : signInLinkPage(shell, { code, back });
  return htmlResponse(page);
}

async function signIn(page: PageContext, deps: PageDependencies): Promise<Response> {
  const form = await readForm(page);
  const back = safeBack(form.get("back"));
  const { now } = page.request;
  const code = form.get("code");
  const expiresAt = (now + sessionLifeMs) as Instant;
  const refuse = (refusal: string, status: number) =>
    htmlResponse(signInPage(page.shell, { back, refusal }), { status });

  if (code !== undefined) {
    const found = await deps.database.directory.findSignInCode(hashSecret(code));
    if (found === null)
      return refuse("This link is not one of ours, or was made long ago. Ask for a new one.", 401);
    const secret = await deps.database.withTenant({ tenantId: found.tenantId }, async (tx) => {
      const userId = await redeemSignInCode(tx, { code, now: now as Instant });
      return userId === null ? null : (await addSession(tx, { userId, expiresAt })).secret;
    });
    if (secret === null)
      return refuse("This link was used already or is too old. Ask for a new one.", 401);
    return signedIn({ page, deps, secret, back });
  }
  try {
    const token = (form.get("api_key") ?? "").trim();
    const { tenantId, userId } = await deps.keys.find({ token, now, isCheck: false });
    if (userId === null)
      return await refuse(
        "This key belongs to a machine. Sign in with one that was made for you.",
        403,
      );
    const { secret } = await deps.database.withTenant({ tenantId }, (tx) =>
      addSession(tx, { userId, expiresAt }),
    );
    return await signedIn({ page, deps, secret, back });
  } catch (error) {
    const problem = toApiProblem(error);
    if (problem.status >= 500) throw error;
    return refuse(problem.message, problem.status);
  }
}

async function signedIn({
  page,
  deps,
  secret,
  back,
}: {
  readonly page: PageContext;
  readonly deps: PageDependencies;
  readonly secret: string;
  readonly back: string;
}): Promise<Response> {
  setCookie(page.context, sessionCookie, secret, {
    httpOnly: true,
    sameSite: "Strict",
    secure: deps.publicUrl.startsWith("https:"),
    path: "/",
    maxAge: sessionLifeMs / 1_000,
  });
  return withCookies(page.context, redirect(back));
}

async function signOut(page: SignedInContext, deps: PageDependencies): Promise<Response> {
  await readSessionForm(page);
  const secret = getCookie(page.context, sessionCookie) ?? "";
  await deps.database.withTenant({ tenantId: page.session.tenantId }, (tx) =>
    endSession(tx, secret),
  );
  setCookie(page.context, sessionCookie, "", {
    httpOnly: true,
    sameSite: "Strict",
    path: "/",
    maxAge: 0,
  });
  return withCookies(page.context, redirect("/sign-in"));
}

async function chooseTimeZone({ context }: PageContext): Promise<Response> {
  const chosen = parseTimeZone(context.req.query("time_zone") ?? "");
  if (chosen.ok) {
    setCookie(context, timeZoneCookie, chosen.value, {
      httpOnly: true,
      sameSite: "Lax",
      path: "/",
      maxAge: 31_536_000,
    });
  }
  return withCookies(context, redirect(safeBack(context.req.query("back"))));
}

/** Cookies are set on the context's own response; ours takes them along. */
function withCookies(context: Context, response: Response): Response {
  for (const cookie of context.res.headers.getSetCookie())
    response.headers.append("Set-Cookie", cookie);
  return response;
}

async function showOrders(
  { context, session, shell }: SignedInContext,
  deps: PageDependencies,
): Promise<Response> {
  const wanted = context.req.query("status");
  const filter = statusLadder.find((status) => status === wanted) ?? null;
  const view = await deps.database.withTenant(
    { tenantId: session.tenantId, readOnly: true },
    async (tx) => {
      const page = await listOrders(tx, {
        limit: 50,
        cursor: context.req.query("cursor") ?? null,
        ...(filter === null ? {} : { statuses: [filter] }),
      });
      const orders = page.items.map(
        (order): OrderRow => ({
          id: order.id,
          number: order.number,
          name: order.dealName,
          customer: order.customer?.name ?? null,
          status: order.status,
          holder: order.problem?.sentence ?? order.waitingOn?.who ?? null,
          total: order.content === null ? null : formatMoney(orderTotal(order.content)),
          updatedAt: order.updatedAt,
        }),
      );
      const counts: Partial<Record<OrderStatus, number>> = await countOrders(tx);
      return { orders, filter, counts, nextCursor: page.nextCursor };
    },
  );
  return htmlResponse(ordersPage(shell, view));
}

/** The newest events: a cold page on a phone is to be small, whatever an order has been through. */
const shownEventsMax = 10;

async function showOrder(
  { context, session, shell }: SignedInContext,
  deps: PageDependencies,
): Promise<Response> {
  const id = context.req.param("id") ?? "";
  if (!isId("order", id)) throw notFound("order");
  const eventsMax = context.req.query("events") === "all" ? pageLimitMax : shownEventsMax;
  const view = await deps.database.withTenant(
    { tenantId: session.tenantId, readOnly: true },
    (tx) =>
      loadOrderView({
        tx,
        orderId: id,
        time: shell.time,
        urlOfRun: deps.temporal.urlOf,
        eventsMax,
      }),
  );
  if (view === null) throw notFound("order");
  return htmlResponse(orderPage(shell, view));
}

async function showApprovals(
  { session, shell, request }: SignedInContext,
  deps: PageDependencies,
): Promise<Response> {
  const view = await deps.database.withTenant(
    { tenantId: session.tenantId, readOnly: true },
    async (tx) => {
      const open = { limit: 100, cursor: null, statuses: ["open" as const] };
      const mine = await listApprovalTasks(tx, { ...open, approver: session.user.email });
      const all = await listApprovalTasks(tx, open);
      const ids = new Set(mine.items.map(({ task }) => task.id));
      const totals = await totalsOf(
        tx,
        all.items.map(({ order }) => order.id),
      );
      const toRow = ({ task, order }: (typeof all.items)[number]): ApprovalRow => ({
        taskId: task.id,
        stage: task.stage.name,
        customer: order.customer?.name ?? null,
        orderNumber: order.number,
        orderName: order.dealName,
        total: totals.get(order.id) ?? null,
        reasons: task.stage.reasons.map((reason) => reason.sentence),
        dueAt: task.dueAt,
        isOverdue: task.dueAt !== null && task.dueAt < request.now,
      });
      return {
        mine: mine.items.map(toRow),
        others: all.items.filter(({ task }) => !ids.has(task.id)).map(toRow),
      };
    },
  );
  return htmlResponse(approvalsPage(shell, view));
}

async function totalsOf(
  tx: Parameters<typeof listOrders>[0],
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (orderIds.length === 0) return new Map();
  const rows = await tx.db
    .selectFrom("orders as o")
    .innerJoin("order_revisions as r", (join) =>
      join.onRef("r.order_id", "=", "o.id").onRef("r.revision", "=", "o.revision"),
    )
    .select(["o.id", "r.content"])
    .where("o.id", "in", [...orderIds])
    .execute();
  return new Map(
    rows.flatMap((row) =>
      row.content === null
        ? []
        : [[row.id, formatMoney(orderTotal(row.content as never))] as const],
    ),
  );
}

async function approvalHtml({
  page,
  deps,
  comment,
  refusal,
}: {
  readonly page: SignedInContext;
  readonly deps: PageDependencies;
  readonly comment: string;
  readonly refusal: string | null;
}): Promise<Html> {
  const id = page.context.req.param("id") ?? "";
  if (!isId("approvalTask", id)) throw notFound("approval task");
  const { session, shell } = page;
  const view = await deps.database.withTenant(
    { tenantId: session.tenantId, readOnly: true },
    (tx) => loadApprovalView({ tx, taskId: id, viewerEmail: session.user.email, time: shell.time }),
  );
  if (view === null) throw notFound("approval task");
  return approvalPage(shell, { ...view, comment, refusal });
}

async function showConnections(
  { session, shell }: SignedInContext,
  deps: PageDependencies,
): Promise<Response> {
  const { tenantId } = session;
  const shown = await deps.database.withTenant({ tenantId, readOnly: true }, async (tx) => {
    const standings = await connectionStandings(tx);
    return (await listConnections(tx)).map((connection) =>
      toWireConnection({ connection, standing: standings.get(connection.id), deps }),
    );
  });
  return htmlResponse(connectionsPage(shell, shown));
}

async function showConnection(
  { context, session, shell }: SignedInContext,
  deps: PageDependencies,
): Promise<Response> {
  const id = context.req.param("id") ?? "";
  if (!isId("connection", id)) throw notFound("connection");
  const { tenantId } = session;
  const shown = await deps.database.withTenant({ tenantId, readOnly: true }, async (tx) => {
    const connection = await findConnection(tx, id);
    if (connection === null) throw notFound("connection");
    const standing = (await connectionStandings(tx, { connectionId: id })).get(id);
    return toWireConnection({ connection, standing, deps });
  });
  return htmlResponse(connectionPage(shell, shown));
}

async function showApproval(page: SignedInContext, deps: PageDependencies): Promise<Response> {
  return htmlResponse(await approvalHtml({ page, deps, comment: "", refusal: null }));
}

const decisions = ["approve", "reject", "request_changes"] as const;

/** One click that counts once; a late one is shown who decided, not an error. */
async function decide(page: SignedInContext, deps: PageDependencies): Promise<Response> {
  const form = await readSessionForm(page);
  const id = page.context.req.param("id") ?? "";
  if (!isId("approvalTask", id)) throw notFound("approval task");
  const decision = decisions.find((one) => one === form.get("decision"));
  const comment = (form.get("comment") ?? "").slice(0, 4_000).trim();
  if (decision === undefined)
    throw new ApiProblem(
      "invalid_request",
      "The form said neither approve, reject nor request changes.",
    );
  let effects: (() => Promise<void>)[] = [];
  try {
    await deps.database.withTenant({ tenantId: page.session.tenantId }, async (tx) => {
      effects = [];
      const user = await findUser(tx, page.session.user.id);
      if (user === null) throw new ApiProblem("not_an_approver", "Your user was removed.");
      await takeDecision({
        tx,
        delivery: deps.delivery,
        afterCommit: (effect) => effects.push(effect),
        taken: {
          taskId: id,
          user,
          decision,
          comment: comment === "" ? null : comment,
          revisionHash: form.get("revision_hash") ?? "",
          channel: "page",
          now: page.request.now,
        },
      });
    });
  } catch (error) {
    const problem = toApiProblem(error);
    if (problem.status >= 500 || problem.code === "not_found") throw error;
    const shown = await approvalHtml({ page, deps, comment, refusal: problem.message });
    return htmlResponse(shown, { status: problem.status });
  }
  for (const effect of effects) deps.background.run("decide_on_page", effect);
  return redirect(`/approvals/${id}`);
}
