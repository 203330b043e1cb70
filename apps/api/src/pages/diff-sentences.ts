import type { ContentDiff } from "@usher/entitlement-core/approval";
import { formatMoney, type Money } from "@usher/entitlement-core/kernel";

/** What changed between two revisions, a sentence each. */
export function diffSentences(diff: ContentDiff): readonly string[] {
  return [
    ...diff.fields.map((one) => `${one.field.replaceAll("-", " ")}: ${beforeAndAfter(one)}`),
    ...diff.lines.flatMap(lineSentences),
    ...(diff.total === null ? [] : [`value: ${beforeAndAfter(diff.total)}`]),
  ];
}

function lineSentences(line: ContentDiff["lines"][number]): readonly string[] {
  if (line.kind === "changed") {
    return line.changes.map(
      (one) => `${line.after.sku}, ${one.field.replaceAll("-", " ")}: ${beforeAndAfter(one)}`,
    );
  }
  const what = `${line.line.quantity} × ${line.line.sku}`;
  return [line.kind === "added" ? `new line: ${what}` : `line gone: ${what}`];
}

function beforeAndAfter({
  before,
  after,
}: {
  readonly before: unknown;
  readonly after: unknown;
}): string {
  return `${valueText(before)} → ${valueText(after)}`;
}

function valueText(value: unknown): string {
  if (value === null) return "nothing";
  return typeof value === "object" && "minor" in value
    ? formatMoney(value as Money)
    : String(value);
}
