import type { Instant } from "../kernel/instant.ts";
import { addDays } from "../kernel/instant.ts";
import type { Entitlement } from "./entitlement.ts";

/** When a right counts: in its term over `[from, to)`, in grace over `[to, graceTo)`. Null: no end. */
export interface Span {
  readonly entitlement: Entitlement;
  readonly from: Instant;
  readonly to: Instant | null;
  readonly graceTo: Instant | null;
}

/**
 * The spans of rights, in order of their start. Rows of zero length have none. The grace of a right
 * stops where a successor starts, so that what was replaced is never counted beside its replacement.
 */
export function spansOf(entitlements: readonly Entitlement[]): readonly Span[] {
  const replacedAt = new Map<string, Instant>();
  for (const { id, supersedes, activeFrom } of entitlements) {
    if (supersedes === null || supersedes === id) continue;
    const known = replacedAt.get(supersedes);
    if (known === undefined || activeFrom < known) replacedAt.set(supersedes, activeFrom);
  }
  return entitlements
    .filter(({ activeFrom, activeTo }) => activeTo === null || activeFrom < activeTo)
    .map((entitlement) => ({
      entitlement,
      from: entitlement.activeFrom,
      to: entitlement.activeTo,
      graceTo: graceEnd(entitlement, replacedAt.get(entitlement.id)),
    }))
    .sort(
      (one, other) => one.from - other.from || (one.entitlement.id < other.entitlement.id ? -1 : 1),
    );
}

/** The exclusive end of a right's grace: never before the end of its term; null when it never ends. */
function graceEnd(
  { activeTo, graceDays }: Pick<Entitlement, "activeTo" | "graceDays">,
  replacedAt: Instant | undefined,
): Instant | null {
  if (activeTo === null) return null;
  const natural = addDays(activeTo, graceDays);
  return replacedAt === undefined
    ? natural
    : (Math.max(activeTo, Math.min(natural, replacedAt)) as Instant);
}

/** True when the right counts at `at`, in its term or in its grace. */
export function countsAt(span: Span, at: Instant): boolean {
  return span.from <= at && (span.graceTo === null || at < span.graceTo);
}

export function isInGrace(span: Span, at: Instant): boolean {
  return span.to !== null && span.to <= at;
}

/** The earliest instant after `at` at which a right starts, ends or leaves its grace. */
export function nextChange(spans: readonly Span[], at: Instant): Instant | null {
  let next: Instant | null = null;
  for (const { from, to, graceTo } of spans) {
    for (const change of [from, to, graceTo]) {
      if (change !== null && change > at && (next === null || change < next)) next = change;
    }
  }
  return next;
}

/** Every instant at which a right starts, ends or leaves its grace, in order, each once. */
export function changesOf(spans: readonly Span[]): readonly Instant[] {
  const changes = spans.flatMap(({ from, to, graceTo }) => [from, to, graceTo]);
  return [...new Set(changes)]
    .filter((change) => change !== null)
    .sort((one, other) => one - other);
}
