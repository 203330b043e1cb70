import { createHash } from "node:crypto";
import {
  connectorFailure,
  type HttpAnswer,
  parseShape,
  readJsonAnswer,
} from "@usher/connector-sdk/http";
import { type CallContext, isConnectorError } from "@usher/connector-sdk/spec";
import { z } from "zod";
import type { NetsuiteClient, NetsuiteRequest } from "./netsuite-client.ts";
import { waitFor } from "./wait-for.ts";

export interface NetsuiteRecordWriter {
  /**
   * Makes the record of this external id or changes it. The record's internal id; null where the
   * answer does not say it.
   */
  upsert(write: RecordWrite, context: CallContext): Promise<string | null>;
}

export interface RecordWrite {
  readonly record: string;
  readonly externalId: string;
  /** Sublists whose lines the body has all of. */
  readonly replace?: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly what: string;
  /** True: through NetSuite's queue, under an idempotency key. */
  readonly isQueued?: boolean;
}

const job = z.looseObject({ completed: z.boolean() });
const tasks = z.looseObject({
  items: z
    .array(z.looseObject({ links: z.array(z.looseObject({ rel: z.string(), href: z.string() })) }))
    .min(1),
});

const firstWaitMs = 100;
const waitMsMax = 2_000;
/** Time that is kept back to read the job's result. */
const reserveMs = 3_000;

/** Writes by `PUT …/eid:<external id>`, which is what makes a repeated write the same write. */
export function createNetsuiteRecordWriter(input: {
  readonly client: NetsuiteClient;
  readonly connectionId: string;
  readonly now: () => number;
}): NetsuiteRecordWriter {
  const { client, connectionId, now } = input;

  function requestOf({ record, externalId, replace, body, what }: RecordWrite): NetsuiteRequest {
    const query = replace === undefined ? "" : `?replace=${replace}`;
    return {
      method: "PUT",
      path: `/record/v1/${record}/eid:${encodeURIComponent(externalId)}${query}`,
      body,
      isWrite: true,
      what,
    };
  }

  /**
   * The second request of a key is a 400 with the first one's job: it was carried out, or will be.
   * @see https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/subsect_164494900632.html
   */
  async function submit(request: NetsuiteRequest, context: CallContext) {
    const key = toUuid([connectionId, context.idempotencyKey, request.path, request.body]);
    const headers = { prefer: "respond-async", "x-netsuite-idempotency-key": key };
    const answer = await client.send({ ...request, headers, isDone: isKnownKey }, context);
    return { jobId: jobIdOf(answer, request.what), isFirst: answer.status === 202 };
  }

  async function resultOf(jobId: string, what: string, context: CallContext): Promise<HttpAnswer> {
    const path = `/async/v1/job/${jobId}`;
    let waitMs = firstWaitMs;
    for (;;) {
      const shown = await client.find(path, what, context);
      if (shown === null) throw jobIsGone(what, jobId);
      if (parseShape({ schema: job, value: shown, what }).completed) break;
      if (now() + waitMs + reserveMs > context.deadline) throw stillQueued(what, jobId);
      await waitFor(waitMs, context.signal);
      waitMs = Math.min(waitMs * 2, waitMsMax);
    }
    const listed = await client.get(`${path}/task`, what, context);
    const self = tasks.safeParse(listed).data?.items[0]?.links.find(({ rel }) => rel === "self");
    // Only the id is taken from the link: credentials go where the connection says. A request that
    // is no batch has one task.
    const taskId = /\/task\/(\d+)$/.exec(self?.href ?? "")?.[1] ?? "1";
    return client.send(
      { method: "GET", path: `${path}/task/${taskId}/result`, isWrite: false, what },
      context,
    );
  }

  async function upsertQueued(write: RecordWrite, context: CallContext): Promise<string | null> {
    const request = requestOf(write);
    const { jobId, isFirst } = await submit(request, context);
    try {
      return recordIdOf(await resultOf(jobId, write.what, context), write.what);
    } catch (error) {
      // A key is spent on a job that failed: what was fixed since is sent without one.
      const isVerdict =
        isConnectorError(error) && ["validation", "duplicate"].includes(error.detail.category);
      if (isFirst || !isVerdict) throw error;
      return recordIdOf(await client.send(request, context), write.what);
    }
  }

  return {
    async upsert(write, context) {
      if (write.isQueued === true) return upsertQueued(write, context);
      return recordIdOf(await client.send(requestOf(write), context), write.what);
    },
  };
}

function isKnownKey({ status, text }: HttpAnswer): boolean {
  return status === 400 && text.includes('"IDEMPOTENCY_ERROR"');
}

function jobIdOf(answer: HttpAnswer, what: string): string {
  const location = answer.headers.get("location") ?? "";
  const id = /\/async\/v1\/job\/(\w+)$/.exec(location)?.[1];
  if (id !== undefined) return id;
  throw connectorFailure({
    category: "outcome_unknown",
    message: `${what}: NetSuite took the request (${answer.status}) without saying in Location where its job is.`,
  });
}

/** A write has no body; anything in it is somebody else's answer. */
function recordIdOf(answer: HttpAnswer, what: string): string | null {
  if (answer.text.trim() !== "") readJsonAnswer({ answer, isWrite: true, what });
  const location = answer.headers.get("location") ?? "";
  return /\/record\/v1\/\w+\/(\d+)$/.exec(location)?.[1] ?? null;
}

function jobIsGone(what: string, jobId: string) {
  return connectorFailure({
    category: "outcome_unknown",
    message: `${what}: NetSuite took the request as job ${jobId}, which it does not know any more. The next attempt looks for the record.`,
  });
}

function stillQueued(what: string, jobId: string) {
  return connectorFailure({
    category: "outcome_unknown",
    message: `${what}: job ${jobId} still waits in NetSuite's queue. The next attempt asks for it under the same key.`,
    retryAfterMs: 5_000,
  });
}

/** A UUID made of what is asked for alone (RFC 9562, version 8): the same for every attempt. */
function toUuid(parts: readonly unknown[]): string {
  const hex = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
