import type { ConformanceChapter } from "./conformance-check.ts";
import type { FaultDetail } from "./conformance-fault.ts";

/**
 * `beyond`: the check is about something the connector does not do. `skipped`: it was left out, for
 * the reason given. `unproven`: the connector does it, but the harness cannot show it.
 */
export type CheckOutcome = "passed" | "failed" | "beyond" | "skipped" | "unproven";

export interface CheckResult {
  readonly id: number;
  readonly chapter: ConformanceChapter;
  readonly title: string;
  readonly outcome: CheckOutcome;
  readonly ms: number;
  /** Why it was not run; null where it was. */
  readonly because: string | null;
  readonly fault: CheckFault | null;
}

export interface CheckFault extends FaultDetail {
  /** Of the connector's source: `packages/connectors/acme/src/from-acme-deal.ts:31`. Null where it cannot be told. */
  readonly at: string | null;
  readonly fix: string;
  /** The page about this check. */
  readonly docs: string;
}

export interface ConformanceReport {
  readonly name: string;
  readonly version: string | null;
  /** What the connector was run against, such as `a fake peer` or `Tryton 8.2, live`. */
  readonly peer: string;
  readonly elapsedMs: number;
  readonly score: {
    readonly passed: number;
    /** Of all checks, without those that are beyond what the connector does. */
    readonly asked: number;
  };
  /** True when nothing failed and nothing was left unproven. */
  readonly isConformant: boolean;
  readonly results: readonly CheckResult[];
}

/** Of the page that explains each check; headings carry the checks' numbers. */
export const checksPage = "docs/reference/conformance-checks.md";

export function docsOfCheck(id: number): string {
  return `${checksPage}#check-${id}`;
}
