import type { HttpAnswer } from "../http-answer.ts";
import type { NetSuiteAccount } from "./netsuite-account.ts";

/** One request of the API, past login and limits. */
export interface NetSuiteCall {
  readonly account: NetSuiteAccount;
  readonly operation: string;
  /** A parameter of the path, decoded. */
  readonly param: (name: string) => string;
  readonly query: URLSearchParams;
  readonly header: (name: string) => string | undefined;
  readonly body: string;
  /** As the caller spelled it, for URLs in answers. */
  readonly origin: string;
}

const JSON_TYPE = { "Content-Type": "application/vnd.oracle.resource+json; type=singular" };

export function answer(body: unknown): HttpAnswer {
  return { status: 200, headers: JSON_TYPE, body };
}

/** A write has no body: where the record is stands in `Location`. */
export function written(call: NetSuiteCall, record: { type: string; id: string }): HttpAnswer {
  const location = `${call.origin}/services/rest/record/v1/${record.type}/${record.id}`;
  return { status: 204, headers: { Location: location }, body: undefined };
}
