import type { FeatureKey } from "../../catalog/feature.ts";
import type { Entitlement } from "../../entitlement/entitlement.ts";
import {
  type CustomerId,
  type EntitlementId,
  idPrefixes,
  type OfferingVersionId,
  type OrderId,
} from "../../kernel/ids.ts";
import type { Instant } from "../../kernel/instant.ts";
import type { UsageRecord } from "../../usage/usage-record.ts";
import type { Views } from "./block-arena.ts";
import {
  cellWords,
  datedEntitlementWords,
  headerWords,
  internedText,
  isOverride,
  manySegments,
  noPeriod,
} from "./block-layout.ts";
import { readId } from "./id-words.ts";
import type { TableVocabulary } from "./table-vocabulary.ts";

/** One customer's block: `at` is its place, in words. */
export interface Block {
  readonly views: Views;
  readonly at: number;
  readonly customer: CustomerId;
}

/** The place of the feature's cell, or -1. */
export function findCell(words: Uint32Array, block: number, feature: number): number {
  const end = block + headerWords + (words[block] as number) * cellWords;
  for (let cell = block + headerWords; cell < end; cell += cellWords) {
    if (((words[cell + 4] as number) & 0xffff) === feature) return cell;
  }
  return -1;
}

/** The rights of one cell, equal to those that were written. */
export function readCell(
  block: Block,
  cell: number,
  vocabulary: TableVocabulary,
): readonly Entitlement[] {
  const { words } = block.views;
  const feature = vocabulary.featureKeys.get((words[cell + 4] as number) & 0xffff) as FeatureKey;
  const first = block.at + (words[cell + 6] as number);
  if ((words[cell + 5] as number) < manySegments) {
    return [readEntitlement({ block, at: first, interval: cell >> 1, feature, vocabulary })];
  }
  return Array.from({ length: words[cell + 2] as number }, (_, index) => {
    const at = first + index * datedEntitlementWords;
    return readEntitlement({ block, at, interval: (at + 8) >> 1, feature, vocabulary });
  });
}

/** Every right of the customer, cell by cell. */
export function readBlock(block: Block, vocabulary: TableVocabulary): readonly Entitlement[] {
  return cellsOf(block).flatMap((cell) => readCell(block, cell, vocabulary));
}

/** What the customer's meters were told, by feature. */
export function readUsage(
  block: Block,
  vocabulary: TableVocabulary,
): ReadonlyMap<string, UsageRecord> {
  const { words, doubles } = block.views;
  const usage = new Map<string, UsageRecord>();
  for (const cell of cellsOf(block)) {
    const meter = words[cell + 7] as number;
    if (meter === 0) continue;
    const at = (block.at + meter) >> 1;
    const from = doubles[at] as number;
    if (Number.isNaN(from)) continue;
    usage.set(vocabulary.featureKeys.get((words[cell + 4] as number) & 0xffff), {
      periodFrom: from === noPeriod ? null : (from as Instant),
      used: doubles[at + 1] as number,
      carried: doubles[at + 2] as number,
    });
  }
  return usage;
}

/** The places of a block's cells. */
export function cellsOf({ views, at }: Pick<Block, "views" | "at">): readonly number[] {
  return Array.from(
    { length: views.words[at] as number },
    (_, index) => at + headerWords + index * cellWords,
  );
}

function readEntitlement({
  block,
  at,
  interval,
  feature,
  vocabulary,
}: {
  readonly block: Block;
  readonly at: number;
  /** Place of its start and end among the doubles. */
  readonly interval: number;
  readonly feature: FeatureKey;
  readonly vocabulary: TableVocabulary;
}): Entitlement {
  const { words, doubles } = block.views;
  const { strings } = vocabulary;
  const prefix = idPrefixes.entitlement;
  const superseded = words[at + 6] as number;
  const source = block.at + (words[at + 4] as number);
  const to = doubles[interval + 1] as number;
  const order = block.at + (words[source] as number);
  const revision = words[order + 4] as number;
  return {
    id: readId({ prefix, words, at, strings }) as EntitlementId,
    customerId: block.customer,
    feature,
    ...vocabulary.templates.get(words[at + 5] as number),
    activeFrom: doubles[interval] as Instant,
    activeTo: to === Number.POSITIVE_INFINITY ? null : (to as Instant),
    provenance: {
      kind: revision >= isOverride ? "override" : "order-line",
      orderId: readId({ prefix: idPrefixes.order, words, at: order, strings }) as OrderId,
      revision: revision >= isOverride ? revision - isOverride : revision,
      lineId: readText(block, words[source + 2] as number, vocabulary),
      offeringVersionId: strings.get(words[source + 1] as number) as OfferingVersionId,
      decisionIds: vocabulary.decisions.get(words[order + 5] as number),
    },
    supersedes:
      superseded === 0
        ? null
        : (readId({ prefix, words, at: block.at + superseded, strings }) as EntitlementId),
  };
}

function readText(block: Block, place: number, { strings }: TableVocabulary): string {
  const { words } = block.views;
  const at = block.at + place;
  const length = words[at] as number;
  if (length === internedText) return strings.get(words[at + 1] as number);
  let text = "";
  for (let index = 0; index < length; index += 1) {
    const word = words[at + 1 + (index >> 2)] as number;
    text += String.fromCharCode((word >>> ((index & 3) * 8)) & 0xff);
  }
  return text;
}
