import type { ConformanceHarness } from "./conformance-harness.ts";

/** Groups of checks as older suites name them; single checks are named by their numbers. */
export type ConformancePart =
  | "http manners"
  | "reading"
  | "status writes"
  | "billing writes"
  | "erp writes"
  | "webhooks";

export interface Bypass {
  readonly bypassReason: string;
}

/** A connector as it is put before the kit, by vitest as by `usher connector test`. */
export interface ConformanceSubject {
  readonly name: string;
  /** The connector's package: README and released manifest are read from it. */
  readonly folder?: string;
  /** What it is run against, for the report. */
  readonly peer?: string;
  readonly start: () => Promise<ConformanceHarness>;
  /** By number or part. A check that could run and is left out has a reason, which every report shows. */
  readonly skips: Readonly<Partial<Record<ConformancePart | `${number}` | number, Bypass>>>;
}

const partOfPort = {
  crm: "status writes",
  billing: "billing writes",
  erp: "erp writes",
} as const;

/** Ports that checks about writing leave alone. */
export function portsLeftOutOf(
  subject: Pick<ConformanceSubject, "skips">,
): ReadonlySet<"crm" | "billing" | "erp"> {
  const ports = ["crm", "billing", "erp"] as const;
  return new Set(ports.filter((port) => subject.skips[partOfPort[port]] !== undefined));
}

const checksOfPart: Partial<Record<ConformancePart, readonly number[]>> = {
  "http manners": [4, 9, 33, 35, 37, 38],
  reading: [13, 14, 15, 16, 17, 18, 19, 20, 46, 49],
  "status writes": [28, 29, 31],
  webhooks: [39, 40, 41, 42, 43, 44],
};

/** Why this check is left out; null when it is not. */
export function bypassOf(subject: Pick<ConformanceSubject, "skips">, id: number): string | null {
  const own = subject.skips[`${id}`];
  if (own !== undefined) return reasonOf(own, String(id));
  for (const [part, ids] of Object.entries(checksOfPart)) {
    const bypass = subject.skips[part as ConformancePart];
    if (bypass !== undefined && ids.includes(id)) return reasonOf(bypass, part);
  }
  return null;
}

function reasonOf({ bypassReason }: Bypass, what: string): string {
  if (bypassReason.trim() !== "") return bypassReason;
  throw new Error(`skips: ${what} is left out without a reason; write one into bypassReason.`);
}
