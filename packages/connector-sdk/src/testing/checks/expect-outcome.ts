import type { ConnectorErrorCategory, ConnectorErrorDetail } from "../../spec/connector-error.ts";
import { isConnectorError } from "../../spec/connector-error.ts";
import { ConformanceFault, must } from "../conformance-fault.ts";

export type Outcome = { readonly category: "ok" } | ConnectorErrorDetail;

/** A call that ended: the answer, or the error as it was thrown. */
export interface Ending {
  readonly outcome: Outcome;
  readonly answer: unknown;
  readonly thrown: unknown;
}

/** How a call ended. Anything but a `ConnectorError` is a fault: no connector throws it. */
export async function endingOf(work: Promise<unknown>): Promise<Ending> {
  try {
    return { outcome: { category: "ok" }, answer: await work, thrown: null };
  } catch (thrown) {
    if (isConnectorError(thrown)) return { outcome: thrown.detail, answer: undefined, thrown };
    throw new ConformanceFault(
      {
        says: `It threw ${thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)}; a connector throws ConnectorError and nothing else.`,
        path: null,
        expected: "ConnectorError",
        received: thrown instanceof Error ? thrown.name : typeof thrown,
      },
      { cause: thrown },
    );
  }
}

/** The answer of a call that has to succeed. */
export async function expectOk<T>(doing: string, work: Promise<T>): Promise<T> {
  const { outcome, answer, thrown } = await endingOf(work);
  must(outcome.category === "ok", {
    says: `${doing} has to succeed, and ended in ${sayOutcome(outcome)}.`,
    path: "error.category",
    expected: "ok",
    received: outcome.category,
    cause: thrown,
  });
  return answer as T;
}

/** The error of a call that has to end in one of these categories. */
export async function expectCategory(
  doing: string,
  work: Promise<unknown>,
  ...wanted: readonly ConnectorErrorCategory[]
): Promise<ConnectorErrorDetail> {
  const { outcome, answer, thrown } = await endingOf(work);
  must(outcome.category !== "ok", {
    says: `${doing} has to end in ${wanted.join(" or ")}, and succeeded.`,
    path: "error.category",
    expected: wanted.join(" or "),
    received: answer,
  });
  must(wanted.includes(outcome.category), {
    says: `${doing} has to end in ${wanted.join(" or ")}, and ended in ${sayOutcome(outcome)}.`,
    path: "error.category",
    expected: wanted.join(" or "),
    received: outcome.category,
    cause: thrown,
  });
  return outcome;
}

function sayOutcome(outcome: Outcome): string {
  return outcome.category === "ok" ? "success" : `${outcome.category}: ${outcome.message}`;
}
