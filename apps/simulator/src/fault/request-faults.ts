import { setTimeout as sleep } from "node:timers/promises";
import {
  cutBody,
  cutConnection,
  type HttpAnswer,
  type NodeContext,
  toResponse,
} from "../http-answer.ts";
import type { Vendor } from "../vendor.ts";
import type { Fault, FaultKind } from "./fault.ts";
import type { FaultBoard } from "./fault-board.ts";

/** What a request met: the response to send and, for the log, the status seen and the fault that struck. */
export interface Settled {
  readonly response: Response;
  /** 0: the connection was cut. */
  readonly status: number;
  readonly fault: Fault | undefined;
}

export interface FaultedRequest {
  readonly context: NodeContext;
  readonly faults: FaultBoard;
  readonly vendor: Vendor;
  readonly operation: string;
  readonly object?: string | undefined;
  /** The vendor's own words for a refusal. */
  refuse(fault: Fault): HttpAnswer;
}

const BEFORE: readonly FaultKind[] = [
  "down",
  "reset_before_commit",
  "too_many_requests",
  "server_error",
  "unauthorized",
  "html_body",
];
const AFTER: readonly FaultKind[] = [
  "reset_after_commit",
  "server_error_after_commit",
  "truncated_body",
];

/** The fault that keeps a request from being carried out, if there is one; waits out `slow` first. */
export async function strikeBefore(request: FaultedRequest): Promise<Settled | undefined> {
  const slow = take(request, ["slow"]);
  if (slow !== undefined) await sleep(slow.delayMs, undefined, { ref: false });
  const fault = take(request, BEFORE);
  if (fault === undefined) return undefined;
  if (fault.kind === "down" || fault.kind === "reset_before_commit") {
    return { response: cutConnection(request.context), status: 0, fault };
  }
  const answer = fault.kind === "html_body" ? htmlAnswer(fault) : request.refuse(fault);
  return { response: toResponse(answer), status: answer.status, fault };
}

/** The fault that will keep the answer of a request that was just carried out from its caller. */
export function takeAfter(request: FaultedRequest): Fault | undefined {
  return take(request, AFTER);
}

/** Sends the answer of a request that was carried out, unless `fault` keeps it from the caller. */
export function settleAfter(
  request: FaultedRequest,
  answer: HttpAnswer,
  fault: Fault | undefined,
): Settled {
  switch (fault?.kind) {
    case "reset_after_commit":
      return { response: cutConnection(request.context), status: 0, fault };
    case "truncated_body":
      return { response: cutBody(request.context, answer), status: 0, fault };
    case "server_error_after_commit": {
      const refused = request.refuse(fault);
      return { response: toResponse(refused), status: refused.status, fault };
    }
    default:
      return { response: toResponse(answer), status: answer.status, fault };
  }
}

export function take(
  request: Omit<FaultedRequest, "context" | "refuse">,
  kinds: readonly FaultKind[],
) {
  const { faults, vendor, operation, object } = request;
  return faults.take({ vendor, operation, object, kinds });
}

/** What a proxy or load balancer in front of the vendor answers. */
function htmlAnswer(fault: Fault): HttpAnswer {
  return {
    status: fault.status,
    headers: { "content-type": "text/html; charset=utf-8" },
    body: `<!doctype html><html><head><title>${fault.status}</title></head><body><h1>We are down for maintenance.</h1></body></html>`,
  };
}
