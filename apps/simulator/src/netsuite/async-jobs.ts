import type { HttpAnswer } from "../http-answer.ts";
import type { NetSuiteAccount } from "./netsuite-account.ts";
import { answer, type NetSuiteCall } from "./netsuite-call.ts";
import { errorAnswer, notFound } from "./netsuite-error.ts";
import type { JobRow } from "./netsuite-rows.ts";

/**
 * Puts the request aside. A key that was seen before is refused with 400 and tells where the job of
 * the first request is: the request was carried out, or will be.
 * @see https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/subsect_164494900632.html
 */
export function submitJob(
  call: NetSuiteCall,
  request: { readonly method: string; readonly path: string },
): HttpAnswer {
  const { account } = call;
  const key = call.header("x-netsuite-idempotency-key") ?? null;
  const [known] = key === null ? [] : account.tables.job.where("key", key);
  const headers = { "Preference-Applied": "respond-async" };
  if (known !== undefined) {
    const refused = errorAnswer({
      status: 400,
      code: "IDEMPOTENCY_ERROR",
      detail:
        'A request with the same idempotency key is already submitted. See the "Location" header for a link to the previously submitted job',
    });
    return {
      ...refused,
      headers: { ...refused.headers, ...headers, Location: hrefOf(call, known.id) },
    };
  }
  const validation = call.header("x-netsuite-propertynamevalidation");
  const job: JobRow = {
    id: account.newId(),
    idempotencyKey: key,
    dueMs: account.now() + account.settings().asyncDelayMs,
    request: {
      ...request,
      body: call.body,
      headers: validation === undefined ? {} : { "x-netsuite-propertynamevalidation": validation },
    },
    result: null,
  };
  account.store.put(account.tables.job, job);
  return { status: 202, headers: { ...headers, Location: hrefOf(call, job.id) }, body: undefined };
}

/** Carries out what has waited its time. */
export function runDueJobs(
  account: NetSuiteAccount,
  carryOut: (request: JobRow["request"]) => HttpAnswer,
): void {
  for (const job of account.tables.job.all()) {
    if (job.result !== null || job.dueMs > account.now()) continue;
    const result = carryOut(job.request);
    account.store.transact(() => account.store.put(account.tables.job, { ...job, result }));
  }
}

/** `GET /services/rest/async/v1/job/{id}` */
export function showJob(call: NetSuiteCall): HttpAnswer {
  const job = jobOf(call);
  return answer({
    links: [{ rel: "self", href: hrefOf(call, job.id) }],
    ...progressOf(job),
    id: job.id,
    task: { links: [{ rel: "self", href: `${hrefOf(call, job.id)}/task` }] },
  });
}

/** `GET …/job/{id}/task`: a request that is no batch is one task. */
export function listTasks(call: NetSuiteCall): HttpAnswer {
  const job = jobOf(call);
  const href = `${hrefOf(call, job.id)}/task/1`;
  const task = { links: [{ rel: "self", href }], ...progressOf(job), id: "1" };
  return answer({ links: [], items: [task], totalResults: 1, hasMore: false, offset: 0, count: 1 });
}

/** `GET …/job/{id}/task/{task}/result`: the answer that the request would have had. */
export function showTaskResult(call: NetSuiteCall): HttpAnswer {
  const { result } = jobOf(call);
  if (call.param("task") !== "1" || result === null) throw notFound();
  return result;
}

function progressOf({ result }: JobRow) {
  const isGood = result !== null && result.status < 400;
  return {
    completed: result !== null,
    progress: result === null ? "pending" : isGood ? "succeeded" : "failed",
  };
}

function jobOf(call: NetSuiteCall): JobRow {
  const job = call.account.tables.job.get(call.param("id"));
  if (job === undefined) throw notFound();
  return job;
}

function hrefOf(call: NetSuiteCall, id: string): string {
  return `${call.origin}/services/rest/async/v1/job/${id}`;
}
