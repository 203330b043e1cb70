import type { EntitlementId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Entitlement, EntitlementDraft, EntitlementStart } from "./entitlement.ts";
import { isSameRight } from "./same-right.ts";
import { type Span, spansOf } from "./span.ts";

/** What is to be done so that from now on exactly the drafts hold. */
export interface Supersession {
  /** Rows whose end moves earlier, to `activeTo`: to now, or to their own start when that lies ahead. */
  readonly end: readonly { readonly id: EntitlementId; readonly activeTo: Instant }[];
  /** Rows to store, each needing only an id. Some may be of zero length: see `Entitlement`. */
  readonly start: readonly EntitlementStart[];
  /** Rows that already grant what a draft asks for, and stay as they are. */
  readonly keep: readonly EntitlementId[];
}

/**
 * Replaces what an order's lines grant. `held` is every stored right that the drafts stand in for
 * (all rows of the order, ended ones included); no drafts at all ends them, as a cancellation does.
 * For any instant before `now` the answer stays what it was; from `now` on it is what the drafts
 * say. So a draft that should have started in the past starts now, one whose term is over is not
 * started, and nothing that has run out is touched.
 */
export function supersede({
  held,
  drafts,
  now,
}: {
  readonly held: readonly Entitlement[];
  readonly drafts: readonly EntitlementDraft[];
  readonly now: Instant;
}): Supersession {
  const living = spansOf(held).filter((span) => span.graceTo === null || span.graceTo > now);
  const unclaimed = new Set(living);
  const keep: EntitlementId[] = [];
  const wanted: EntitlementDraft[] = [];

  for (const draft of drafts) {
    const same = living.find(
      (span) => unclaimed.has(span) && isSameRight(span.entitlement, draft, now),
    );
    if (same !== undefined) {
      unclaimed.delete(same);
      keep.push(same.entitlement.id);
    } else if (draft.activeTo === null || draft.activeTo > Math.max(draft.activeFrom, now)) {
      wanted.push(draft);
    }
  }

  const start: EntitlementStart[] = [];
  const replaced = new Set<Span>();
  for (const draft of wanted) {
    const activeFrom = Math.max(draft.activeFrom, now) as Instant;
    const predecessor = predecessorOf({ draft, activeFrom, unclaimed, replaced, now });
    if (predecessor !== undefined) replaced.add(predecessor);
    start.push({ ...draft, activeFrom, supersedes: predecessor?.entitlement.id ?? null });
  }

  const ended = [...unclaimed];
  return {
    end: ended
      .filter((span) => span.to === null || span.to > now)
      .map((span) => ({
        id: span.entitlement.id,
        activeTo: Math.max(span.from, now) as Instant,
      })),
    start: [
      ...start,
      ...ended
        .filter((span) => !replaced.has(span) && wouldHaveGrace(span, now))
        .map((span) => endWithoutReplacement(span.entitlement, now)),
    ],
    keep,
  };
}

/**
 * The ended row of the same line and feature. One that would go into grace is named only by a
 * successor that starts at once: naming it in a later one would leave its grace open until then.
 */
function predecessorOf({
  draft,
  activeFrom,
  unclaimed,
  replaced,
  now,
}: {
  readonly draft: EntitlementDraft;
  readonly activeFrom: Instant;
  readonly unclaimed: ReadonlySet<Span>;
  readonly replaced: ReadonlySet<Span>;
  readonly now: Instant;
}): Span | undefined {
  return [...unclaimed].find(
    (span) =>
      !replaced.has(span) &&
      span.entitlement.feature === draft.feature &&
      span.entitlement.provenance.lineId === draft.provenance.lineId &&
      (activeFrom === now || !wouldHaveGrace(span, now)),
  );
}

/** True when the row, ended now, would go on answering yes as in grace. */
function wouldHaveGrace(span: Span, now: Instant): boolean {
  return span.from < now && span.entitlement.graceDays > 0;
}

/** A row of zero length that ends the grace of `entitlement`. */
function endWithoutReplacement(entitlement: Entitlement, now: Instant): EntitlementStart {
  const { id, ...rest } = entitlement;
  return { ...rest, activeFrom: now, activeTo: now, supersedes: id };
}
