import { ApplicationFailure, CancelledFailure } from "@temporalio/common";
import {
  ConnectorError,
  type ConnectorErrorCategory,
  type ConnectorErrorDetail,
} from "@usher/connector-sdk/spec";
import { describe, expect, it } from "vitest";
import { toTemporalFailure } from "./to-temporal-failure.ts";

const worthRepeating: readonly ConnectorErrorCategory[] = [
  "auth_expired",
  "conflict_stale",
  "conflict_locked",
  "rate_limited",
  "quota_exhausted",
  "transient",
  "outcome_unknown",
];
const finalNo: readonly ConnectorErrorCategory[] = [
  "auth_invalid",
  "permission",
  "config",
  "validation",
  "not_found",
  "duplicate",
  "schema_drift",
];

describe("toTemporalFailure", () => {
  it.each(worthRepeating)("%s is tried again", (category) => {
    expect(fromConnector({ category })).toMatchObject({ type: category, nonRetryable: false });
  });

  it.each(finalNo)("%s goes to a person at once", (category) => {
    const failure = fromConnector({ category, retryAfterMs: 1_000 });
    expect(failure).toMatchObject({ type: category, nonRetryable: true });
    expect(failure.nextRetryDelay).toBeUndefined();
  });

  it("waits as long as the vendor asks, in milliseconds", () => {
    const failure = fromConnector({ category: "rate_limited", retryAfterMs: 7_000 });
    expect(failure.nextRetryDelay).toBe(7_000);
  });

  it("spreads those who met on one lock", () => {
    const delays = [0, 0.5, 0.999].map(
      (random) => fromConnector({ category: "conflict_locked" }, random).nextRetryDelay,
    );
    expect(delays).toEqual([200, 1_100, 1_999]);
  });

  it("carries the record and field to fix, and the vendor's error as the cause", () => {
    const where = { record: "Opportunity 006", field: "StageName" };
    const failure = fromConnector({ category: "validation", where });
    expect(failure.details).toEqual([where]);
    expect(failure.cause).toBeInstanceOf(ConnectorError);
  });

  it.each([
    ["a refused connection", { message: "x", code: "ECONNREFUSED" }],
    ["a server that shuts down", { message: "x", code: "57P01" }],
    ["a full pool", { message: "timeout exceeded when trying to connect" }],
    ["a deadlock that outlived its repeats", { message: "x", code: "40P01" }],
  ])("%s means that the database is away, however often it happens", (_, given) => {
    const failure = toFailure(Object.assign(new Error(given.message), given), 50);
    expect(failure).toMatchObject({ type: "database_away", nonRetryable: false });
  });

  it("a statement the database refuses is not the database being away", () => {
    const failure = toFailure(Object.assign(new Error("duplicate key"), { code: "23505" }));
    expect(failure.type).toBe("unexpected_failure");
  });

  it("an unforeseen failure is tried thrice and then told, with its cause", () => {
    const bug = new TypeError("x is not a function");
    expect([1, 2, 3].map((attempt) => toFailure(bug, attempt).nonRetryable)).toEqual([
      false,
      false,
      true,
    ]);
    expect(toFailure(bug)).toMatchObject({ message: "TypeError: x is not a function", cause: bug });
  });

  it("leaves cancelation and failures that are Temporal's already alone", () => {
    const canceled = new CancelledFailure("canceled");
    const failure = ApplicationFailure.nonRetryable("no", "type");
    expect(toTemporalFailure({ error: canceled, attempt: 1, random: () => 0 })).toBe(canceled);
    expect(toTemporalFailure({ error: failure, attempt: 1, random: () => 0 })).toBe(failure);
  });
});

function fromConnector(given: Partial<ConnectorErrorDetail>, random = 0): ApplicationFailure {
  const detail: ConnectorErrorDetail = {
    category: "transient",
    message: "expected this, got that, do so",
    vendorCode: null,
    vendorRequestId: null,
    retryAfterMs: null,
    where: null,
    ...given,
  };
  return toFailure(new ConnectorError(detail), 1, random);
}

function toFailure(error: unknown, attempt = 1, random = 0): ApplicationFailure {
  const failure = toTemporalFailure({ error, attempt, random: () => random });
  if (!(failure instanceof ApplicationFailure))
    throw new Error(`Not a failure: ${String(failure)}`);
  return failure;
}
