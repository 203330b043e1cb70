import type { Entitlement } from "../../entitlement/entitlement.ts";
import { idPrefixes } from "../../kernel/ids.ts";
import type { UsageRecord } from "../../usage/usage-record.ts";
import type { Views } from "./block-arena.ts";
import {
  cellWords,
  datedEntitlementWords,
  entitlementWords,
  headerWords,
  internedText,
  isOverride,
  manySegments,
  meteredMeterWords,
  noPeriod,
  orderWords,
  seatMeterWords,
  segmentWords,
  sourceWords,
} from "./block-layout.ts";
import { idWordCount, writeId } from "./id-words.ts";
import { type Payload, payloadOf } from "./payload.ts";
import { type Segment, segmentsOf } from "./segments.ts";
import type { TableVocabulary } from "./table-vocabulary.ts";

const rightsMax = 0xffff;
const graceDaysMax = 0xffff;

/** Writes customers' blocks, one at a time, into a scratch buffer of its own. */
export interface BlockWriter {
  /** The block's words, from the start of `scratch`. Valid until the next call. */
  write(customer: {
    readonly entitlements: readonly Entitlement[];
    readonly usage: ReadonlyMap<string, UsageRecord>;
  }): { readonly scratch: Uint32Array; readonly words: number };
}

interface PendingCell {
  readonly cell: number;
  readonly rights: readonly Entitlement[];
  readonly templates: readonly number[];
  readonly isDated: boolean;
}

export function createBlockWriter(vocabulary: TableVocabulary): BlockWriter {
  let views: Views = scratchOf(1 << 12);
  let end = 0;
  const singlePayloads = new Map<string, number>();

  /** Room for `count` words at the end; `align` 2 where doubles lie in them. */
  const take = (count: number, align: 1 | 2 = 2): number => {
    const at = align === 2 ? end + (end & 1) : end;
    end = at + count;
    if (end > views.words.length) {
      const grown = scratchOf(end * 2);
      grown.words.set(views.words);
      views = grown;
    }
    views.words.fill(0, at, end);
    return at;
  };

  const writeMeter = (isMetered: boolean, record: UsageRecord | undefined): number => {
    const at = take(isMetered ? meteredMeterWords : seatMeterWords);
    const meter = at >> 1;
    views.doubles[meter] = record === undefined ? Number.NaN : (record.periodFrom ?? noPeriod);
    views.doubles[meter + 1] = record?.used ?? 0;
    views.doubles[meter + 2] = record?.carried ?? 0;
    // No window is known yet: an empty one holds no instant.
    if (isMetered) views.doubles.fill(Number.NaN, meter + 3, meter + 7);
    return at;
  };

  const writeSegments = (segments: readonly Segment[]): number => {
    const first = take(segments.length * segmentWords);
    segments.forEach((segment, index) => {
      const at = first + index * segmentWords;
      views.doubles[at >> 1] = segment.from;
      views.words[at + 2] =
        segment.payload === null ? 0 : vocabulary.payloads.intern(segment.payload);
      views.words[at + 3] = segment.standing;
    });
    return first;
  };

  const singlePayload = (one: Entitlement, feature: number, template: number): number | null => {
    const known = vocabulary.features[feature];
    if (known === undefined || known.kind !== one.value.kind) return null;
    if (one.activeTo !== null && one.activeTo <= one.activeFrom) return null;
    if (one.graceDays > graceDaysMax) return null;
    const key = `${feature} ${template} ${known.kind === "config" ? known.combine : ""}`;
    let payload = singlePayloads.get(key);
    if (payload === undefined) {
      const made: Payload = payloadOf([{ entitlement: one, inGrace: false }], known);
      payload = vocabulary.payloads.intern(made);
      singlePayloads.set(key, payload);
    }
    return payload;
  };

  const writeText = (text: string): number => {
    if (!isLatin1(text)) {
      const at = take(2, 1);
      views.words[at] = internedText;
      views.words[at + 1] = vocabulary.strings.intern(text);
      return at;
    }
    const at = take(1 + ((text.length + 3) >> 2), 1);
    views.words[at] = text.length;
    for (let index = 0; index < text.length; index += 1) {
      const word = at + 1 + (index >> 2);
      views.words[word] =
        (views.words[word] as number) | (text.charCodeAt(index) << ((index & 3) * 8));
    }
    return at;
  };

  /** Lines of one order share its part of their provenance. */
  const writeOrder = ({ provenance }: Entitlement, written: Map<string, number>): number => {
    const { kind, orderId, revision, decisionIds } = provenance;
    if (revision >= isOverride) throw new RangeError(`Revision ${revision} is out of range.`);
    const decisions = vocabulary.decisions.intern(decisionIds);
    // The id comes last: it may hold anything, the others hold no space.
    const key = `order ${kind} ${revision} ${decisions} ${orderId}`;
    const known = written.get(key);
    if (known !== undefined) return known;
    const at = take(orderWords, 1);
    const { words } = views;
    writeId({ id: orderId, prefix: idPrefixes.order, words, at, strings: vocabulary.strings });
    words[at + 4] = kind === "override" ? revision + isOverride : revision;
    words[at + 5] = decisions;
    written.set(key, at);
    return at;
  };

  /** Rights of one order line share their source: written once, found again by its parts. */
  const writeSource = (one: Entitlement, written: Map<string, number>): number => {
    const { lineId, offeringVersionId } = one.provenance;
    const order = writeOrder(one, written);
    const offering = vocabulary.strings.intern(offeringVersionId);
    const key = `line ${order} ${offering} ${lineId}`;
    const known = written.get(key);
    if (known !== undefined) return known;
    const line = writeText(lineId);
    const at = take(sourceWords, 1);
    const { words } = views;
    words[at] = order;
    words[at + 1] = offering;
    words[at + 2] = line;
    written.set(key, at);
    return at;
  };

  const writeEntitlementId = (id: string, at: number): void =>
    writeId({
      id,
      prefix: idPrefixes.entitlement,
      words: views.words,
      at,
      strings: vocabulary.strings,
    });

  const writeCell = ({
    cell,
    key,
    rights,
    record,
  }: {
    readonly cell: number;
    readonly key: string;
    readonly rights: readonly Entitlement[];
    readonly record: UsageRecord | undefined;
  }): PendingCell => {
    const feature = vocabulary.featureKeys.intern(key);
    const known = vocabulary.features[feature];
    const templates = rights.map(({ value, graceDays, geo }) =>
      vocabulary.templates.intern({ value, graceDays, geo }),
    );
    const [only] = rights as [Entitlement, ...Entitlement[]];
    const payload =
      rights.length === 1 ? singlePayload(only, feature, templates[0] as number) : null;
    const isMetered = known?.kind === "metered";
    const meter = isMetered || known?.kind === "seat" ? writeMeter(isMetered, record) : 0;
    const segments = payload === null ? segmentsOf(rights, known) : [];
    const segmentsAt = writeSegments(segments);

    const { words, doubles } = views;
    if (payload === null) {
      words[cell] = segmentsAt;
      words[cell + 1] = segments.length;
      words[cell + 2] = rights.length;
      words[cell + 4] = feature;
      words[cell + 5] = manySegments;
    } else {
      doubles[cell >> 1] = only.activeFrom;
      doubles[(cell >> 1) + 1] = only.activeTo ?? Number.POSITIVE_INFINITY;
      words[cell + 4] = feature | (only.graceDays << 16);
      words[cell + 5] = payload;
    }
    words[cell + 7] = meter;
    return { cell, rights, templates, isDated: payload === null };
  };

  const writeEntitlements = (
    { cell, rights, templates, isDated }: PendingCell,
    sources: Map<string, number>,
  ): void => {
    const size = isDated ? datedEntitlementWords : entitlementWords;
    const first = take(rights.length * size, isDated ? 2 : 1);
    views.words[cell + 6] = first;
    rights.forEach((one, index) => {
      const at = first + index * size;
      const source = writeSource(one, sources);
      writeEntitlementId(one.id, at);
      views.words[at + 4] = source;
      views.words[at + 5] = templates[index] as number;
      if (one.supersedes !== null) {
        const superseded = take(idWordCount, 1);
        writeEntitlementId(one.supersedes, superseded);
        views.words[at + 6] = superseded;
      }
      if (isDated) {
        views.doubles[(at + 8) >> 1] = one.activeFrom;
        views.doubles[(at + 10) >> 1] = one.activeTo ?? Number.POSITIVE_INFINITY;
      }
    });
  };

  return {
    write({ entitlements, usage }) {
      if (entitlements.length > rightsMax) {
        throw new RangeError(
          `A customer's rights are at most ${rightsMax} rows, not ${entitlements.length}.`,
        );
      }
      end = 0;
      const byFeature = groupByFeature(entitlements);
      const header = take(headerWords);
      views.words[header] = byFeature.size;
      const cells = take(byFeature.size * cellWords);

      // The hot parts of all cells come first, the rights they rest on after them.
      const pending: PendingCell[] = [];
      let cell = cells;
      for (const [key, rights] of byFeature) {
        pending.push(writeCell({ cell, key, rights, record: usage.get(key) }));
        cell += cellWords;
      }
      const sources = new Map<string, number>();
      for (const one of pending) writeEntitlements(one, sources);
      return { scratch: views.words, words: end };
    },
  };
}

function groupByFeature(
  entitlements: readonly Entitlement[],
): ReadonlyMap<string, readonly Entitlement[]> {
  const groups = new Map<string, Entitlement[]>();
  for (const one of entitlements) {
    const group = groups.get(one.feature);
    if (group === undefined) groups.set(one.feature, [one]);
    else group.push(one);
  }
  return groups;
}

function isLatin1(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 0xff) return false;
  }
  return true;
}

function scratchOf(words: number): Views {
  const buffer = new ArrayBuffer((words + (words & 1)) * 4);
  return { words: new Uint32Array(buffer), doubles: new Float64Array(buffer) };
}
