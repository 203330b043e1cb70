import type { AbilityFacts } from "./ability.ts";
import type { ConformanceBench } from "./conformance-bench.ts";
import type { ConformanceCheck } from "./conformance-check.ts";
import { ConformanceFault, type FaultDetail } from "./conformance-fault.ts";
import { type CheckFault, type CheckResult, docsOfCheck } from "./conformance-report.ts";
import type { ConformanceSubject } from "./conformance-subject.ts";
import { judgeCheck } from "./judge-check.ts";
import { locateFault } from "./locate-fault.ts";

/** A check that hangs is a failure of its own, and must not take the run with it. */
const checkMsMax = 55_000;

export async function runCheck(input: {
  readonly check: ConformanceCheck;
  readonly subject: Pick<ConformanceSubject, "skips">;
  readonly facts: AbilityFacts;
  readonly bench: ConformanceBench;
}): Promise<CheckResult> {
  const { check, bench } = input;
  const { id, chapter, title } = check;
  const judgment = judgeCheck(input);
  if (judgment.kind !== "runs") {
    const { kind: outcome, because } = judgment;
    return { id, chapter, title, outcome, ms: 0, because, fault: null };
  }
  const startedMs = performance.now();
  const ended = { id, chapter, title, because: null } as const;
  const ms = () => Math.round(performance.now() - startedMs);
  try {
    await bounded(check.run(bench));
    return { ...ended, outcome: "passed", ms: ms(), fault: null };
  } catch (error) {
    return { ...ended, outcome: "failed", ms: ms(), fault: toFault({ check, bench, error }) };
  }
}

function toFault(input: {
  readonly check: ConformanceCheck;
  readonly bench: ConformanceBench;
  readonly error: unknown;
}): CheckFault {
  const { check, bench, error } = input;
  return {
    ...withoutSecrets(detailOf(error), bench.harness.secrets),
    at: locateFault({ error, lastCall: bench.lastCall(), folder: bench.folder }),
    fix: check.fix,
    docs: docsOfCheck(check.id),
  };
}

function detailOf(error: unknown): FaultDetail {
  if (error instanceof ConformanceFault) {
    const { detail, cause } = error;
    return cause instanceof Error
      ? { ...detail, says: `${detail.says} It was thrown as: ${cause.message}` }
      : detail;
  }
  const says = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { says, path: null, expected: null, received: null };
}

/** A report is shown around: what the harness calls a secret does not get into one. */
function withoutSecrets(detail: FaultDetail, secrets: readonly string[]): FaultDetail {
  const clean = (text: string) =>
    secrets.reduce((cleaned, secret) => cleaned.replaceAll(secret, "(secret)"), text);
  return {
    says: clean(detail.says),
    path: detail.path,
    expected: detail.expected === null ? null : clean(detail.expected),
    received: detail.received === null ? null : clean(detail.received),
  };
}

async function bounded(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const says = `The check had not ended after ${checkMsMax / 1000} s: something waits for an answer that never comes.`;
      reject(new ConformanceFault({ says, path: null, expected: null, received: null }));
    }, checkMsMax);
  });
  await Promise.race([work, tooLong]).finally(() => clearTimeout(timer));
}
