import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import type { Fault } from "../fault/fault.ts";
import {
  type FaultedRequest,
  settleAfter,
  strikeBefore,
  takeAfter,
} from "../fault/request-faults.ts";
import type { HttpAnswer, NodeContext, NodeEnv } from "../http-answer.ts";
import type { TrafficLog } from "../traffic-log.ts";
import { listTasks, runDueJobs, showJob, showTaskResult, submitJob } from "./async-jobs.ts";
import type { NetSuiteAccount } from "./netsuite-account.ts";
import type { NetSuiteCall } from "./netsuite-call.ts";
import { errorAnswer, INVALID_LOGIN, NetSuiteError, notFound } from "./netsuite-error.ts";
import type { JobRow } from "./netsuite-rows.ts";
import type { NetSuiteTokens } from "./netsuite-tokens.ts";
import {
  getRecord,
  listRecords,
  patchRecord,
  postRecord,
  putRecord,
  transformRecord,
} from "./record-calls.ts";
import { runSuiteQl } from "./run-suiteql.ts";

interface NetSuiteDeps {
  readonly account: NetSuiteAccount;
  readonly tokens: NetSuiteTokens;
  readonly traffic: TrafficLog;
}

interface NetSuiteOperation {
  readonly method: "get" | "post" | "put" | "patch";
  readonly path: string;
  readonly name: string;
  /** True: it may be put aside with `Prefer: respond-async`. */
  readonly isRecordWrite?: boolean;
  readonly run: (call: NetSuiteCall) => HttpAnswer;
}

const RECORD = "/services/rest/record/v1/:type";
const JOB = "/services/rest/async/v1/job/:id";

const OPERATIONS: readonly NetSuiteOperation[] = [
  { method: "post", path: "/services/rest/query/v1/suiteql", name: "suiteql", run: runSuiteQl },
  { method: "get", path: RECORD, name: "record.list", run: listRecords },
  { method: "get", path: `${RECORD}/:id`, name: "record.get", run: getRecord },
  write("put", `${RECORD}/:id`, "record.upsert", putRecord),
  write("patch", `${RECORD}/:id`, "record.update", patchRecord),
  write("post", RECORD, "record.create", postRecord),
  write("post", `${RECORD}/:id/:transform/:to`, "record.transform", transformRecord),
  { method: "get", path: JOB, name: "job.get", run: showJob },
  { method: "get", path: `${JOB}/task`, name: "job.tasks", run: listTasks },
  { method: "get", path: `${JOB}/task/:task/result`, name: "job.result", run: showTaskResult },
];

function write(
  method: NetSuiteOperation["method"],
  path: string,
  name: string,
  run: NetSuiteOperation["run"],
): NetSuiteOperation {
  return { method, path, name, run, isRecordWrite: true };
}

/** NetSuite's host of one account: `/services/rest/*`. */
export function createNetSuiteApp(deps: NetSuiteDeps): Hono<NodeEnv> {
  const { account, tokens } = deps;
  const app = new Hono<NodeEnv>();
  let underWay = 0;

  function serveOperation(context: NodeContext, operation: NetSuiteOperation): Promise<Response> {
    return serve({ ...deps, context, operation: operation.name }, async () => {
      const body = await context.req.text();
      const token = /^Bearer (.+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
      if (token === undefined || !tokens.isGood(token)) return errorAnswer(INVALID_LOGIN);
      runDueJobs(account, (request) => carryOut(account, request));
      const call = callOf(context, { account, operation: operation.name, body });
      const isAsync = /\brespond-async\b/.test(call.header("prefer") ?? "");
      return account.store.transact(() => {
        if (!isAsync || operation.isRecordWrite !== true) return operation.run(call);
        const { pathname, search } = new URL(context.req.url);
        return submitJob(call, { method: context.req.method, path: `${pathname}${search}` });
      });
    });
  }

  app.post("/services/rest/auth/oauth2/v1/token", (context) =>
    serve({ ...deps, context, operation: "oauth.token" }, async () =>
      tokens.answerTokenRequest(new URLSearchParams(await context.req.text())),
    ),
  );
  for (const operation of OPERATIONS) {
    app.on(operation.method, operation.path, async (context) => {
      underWay += 1;
      try {
        if (underWay > account.settings().concurrentRequestsMax) {
          return await serve({ ...deps, context, operation: "refused" }, () => overload(account));
        }
        return await serveOperation(context, operation);
      } finally {
        underWay -= 1;
      }
    });
  }
  app.all("/services/rest/*", (context) =>
    serve({ ...deps, context, operation: "unknown" }, () => errorAnswer(notFound().parts)),
  );
  return app;
}

/**
 * All integrations of an account share its limit, and no answer says when to come back.
 * @see https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/bridgehead_1525252812.html
 */
function overload(account: NetSuiteAccount): HttpAnswer {
  const detail = "Concurrent request limit exceeded. Request blocked.";
  switch (account.settings().overloadLooksLike) {
    case "too_many_requests":
      return errorAnswer({ status: 429, code: "CONCURRENCY_LIMIT_EXCEEDED", detail });
    case "restlet":
      return errorAnswer({ status: 400, code: "SSS_REQUEST_LIMIT_EXCEEDED", detail });
    case "invalid_login":
      return errorAnswer(INVALID_LOGIN);
  }
}

/** A request of a job, in a transaction of its own: what fails changes nothing. */
function carryOut(account: NetSuiteAccount, request: JobRow["request"]): HttpAnswer {
  const url = new URL(request.path, "https://job.invalid");
  for (const operation of OPERATIONS) {
    const params = match(operation.path, url.pathname);
    if (operation.method !== request.method.toLowerCase() || params === null) continue;
    const call: NetSuiteCall = {
      account,
      operation: operation.name,
      param: (name) => params[name] ?? "",
      query: url.searchParams,
      header: (name) => request.headers[name],
      body: request.body,
      origin: "",
    };
    return attempt(() => account.store.transact(() => operation.run(call)));
  }
  return errorAnswer(notFound().parts);
}

function match(pattern: string, path: string): Readonly<Record<string, string>> | null {
  const [wanted, given] = [pattern.split("/"), path.split("/")];
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const value = decodeURIComponent(given[at] ?? "");
    if (part.startsWith(":")) params[part.slice(1)] = value;
    else if (part !== value) return null;
  }
  return params;
}

function callOf(
  context: NodeContext,
  known: Pick<NetSuiteCall, "account" | "operation" | "body">,
): NetSuiteCall {
  const url = new URL(context.req.url);
  return {
    ...known,
    param: (name) => context.req.param(name) ?? "",
    query: url.searchParams,
    header: (name) => context.req.header(name),
    origin: url.origin,
  };
}

interface Serving extends NetSuiteDeps {
  readonly context: NodeContext;
  readonly operation: string;
}

/** Runs one request through faults, error mapping, headers and the traffic log. */
async function serve(
  serving: Serving,
  run: () => HttpAnswer | Promise<HttpAnswer>,
): Promise<Response> {
  const { account, traffic, context, operation } = serving;
  const started = performance.now();
  const requestId = randomUUID();
  const dressed = (given: HttpAnswer): HttpAnswer => ({
    ...given,
    headers: { ...given.headers, "X-N-OperationId": requestId },
  });
  const request: FaultedRequest = {
    context,
    faults: account.faults,
    vendor: "netsuite",
    operation,
    object: context.req.param("type"),
    refuse: (fault) => dressed(refuse(fault)),
  };
  const settled =
    (await strikeBefore(request)) ??
    settleAfter(request, dressed(await attemptAsync(run)), takeAfter(request));
  traffic.add({
    at: new Date(account.now()).toISOString(),
    vendor: "netsuite",
    method: context.req.method,
    path: context.req.path,
    operation,
    status: settled.status,
    ms: Math.round((performance.now() - started) * 100) / 100,
    requestId,
    idempotencyKey: context.req.header("x-netsuite-idempotency-key") ?? null,
    fault: settled.fault?.kind ?? null,
  });
  return settled.response;
}

async function attemptAsync(run: () => HttpAnswer | Promise<HttpAnswer>): Promise<HttpAnswer> {
  try {
    return await run();
  } catch (error) {
    return explain(error);
  }
}

function attempt(run: () => HttpAnswer): HttpAnswer {
  try {
    return run();
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): HttpAnswer {
  if (error instanceof NetSuiteError) return errorAnswer(error.parts);
  throw error;
}

function refuse(fault: Fault): HttpAnswer {
  switch (fault.kind) {
    case "too_many_requests":
      return errorAnswer({
        status: 429,
        code: "CONCURRENCY_LIMIT_EXCEEDED",
        detail: "Concurrent request limit exceeded. Request blocked.",
      });
    case "unauthorized":
      return errorAnswer(INVALID_LOGIN);
    default:
      return errorAnswer({
        status: fault.status,
        code: "UNEXPECTED_ERROR",
        detail: "An unexpected error occurred. Error ID: kd8f2a1c",
      });
  }
}
