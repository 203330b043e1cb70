import type { Feature } from "../../catalog/feature.ts";
import { breakdownAt, standingAt } from "../../entitlement/effective-entitlement.ts";
import type { Entitlement } from "../../entitlement/entitlement.ts";
import { changesOf, spansOf } from "../../entitlement/span.ts";
import type { Instant } from "../../kernel/instant.ts";
import { standings } from "./block-layout.ts";
import { type Payload, payloadOf } from "./payload.ts";

/** A stretch of time in which neither the sources nor their standing change, up to the next one. */
export interface Segment {
  readonly from: number;
  /** Place in `standings`. */
  readonly standing: number;
  /** Null where no source counts. */
  readonly payload: Payload | null;
}

/** The whole course of one feature, from before its first right on. Empty for an unknown feature. */
export function segmentsOf(
  rights: readonly Entitlement[],
  feature: Feature | undefined,
): readonly Segment[] {
  if (feature === undefined) return [];
  const spans = spansOf(rights).filter(
    ({ entitlement }) => entitlement.value.kind === feature.kind,
  );
  const starts = [Number.NEGATIVE_INFINITY as Instant, ...changesOf(spans)];
  return starts.map((from) => {
    const sources = breakdownAt(spans, from);
    return {
      from,
      standing: standings.indexOf(standingAt({ spans, sources, at: from })),
      payload: sources.length === 0 ? null : payloadOf(sources, feature),
    };
  });
}
