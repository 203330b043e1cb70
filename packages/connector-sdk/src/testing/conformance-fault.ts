import { isDeepStrictEqual } from "node:util";

/** Longer values are cut: a report is for reading, and an answer may be large. */
const shownCharactersMax = 300;

export interface FaultDetail {
  /** What was expected and what came, as a sentence. */
  readonly says: string;
  /** Of the value that is wrong, such as `deals[0].lines[1].quantity`; null where no value is. */
  readonly path: string | null;
  /** As text; null where there is nothing to show. */
  readonly expected: string | null;
  readonly received: string | null;
}

/** A check of the conformance kit does not hold. */
export class ConformanceFault extends Error {
  override readonly name = "ConformanceFault";
  readonly detail: FaultDetail;

  constructor(detail: FaultDetail, options?: { readonly cause?: unknown }) {
    super(detail.says, options);
    this.detail = detail;
  }
}

/** Ends the check unless `claim` is true. */
export function must(
  claim: boolean,
  detail: {
    readonly says: string;
    readonly path?: string;
    readonly expected?: unknown;
    readonly received?: unknown;
    readonly cause?: unknown;
  },
): asserts claim {
  if (claim) return;
  throw new ConformanceFault(
    {
      says: detail.says,
      path: detail.path ?? null,
      expected: "expected" in detail ? showValue(detail.expected) : null,
      received: "received" in detail ? showValue(detail.received) : null,
    },
    { cause: detail.cause },
  );
}

/** Ends the check unless both are deeply equal; names the first place where they differ. */
export function mustEqual(input: {
  readonly says: string;
  /** What `received` is, such as `deal`. */
  readonly path: string;
  readonly received: unknown;
  readonly expected: unknown;
}): void {
  const { says, path, received, expected } = input;
  if (isDeepStrictEqual(received, expected)) return;
  const at = firstDifference(received, expected, path);
  must(false, { says, ...at });
}

function firstDifference(
  received: unknown,
  expected: unknown,
  path: string,
): { readonly path: string; readonly received: unknown; readonly expected: unknown } {
  if (isPlain(received) && isPlain(expected)) {
    const isList = Array.isArray(received);
    for (const key of new Set([...Object.keys(expected), ...Object.keys(received)])) {
      const [one, other] = [received[key], expected[key]];
      if (isDeepStrictEqual(one, other)) continue;
      return firstDifference(one, other, isList ? `${path}[${key}]` : `${path}.${key}`);
    }
  }
  return { path, received, expected };
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !(value instanceof Uint8Array);
}

/** A value as a report shows it. */
function showValue(value: unknown): string {
  const text =
    value === undefined ? "nothing" : (JSON.stringify(value, bigintText) ?? String(value));
  return text.length > shownCharactersMax ? `${text.slice(0, shownCharactersMax)}…` : text;
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}
