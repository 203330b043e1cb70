import { isDeepStrictEqual } from "node:util";
import type { ConnectorErrorDetail } from "../../spec/connector-error.ts";
import { isConnectorError } from "../../spec/connector-error.ts";

/** How a call ended: by its answer, or by what it threw. */
export type CallEnding =
  | { readonly kind: "answered"; readonly answer: unknown }
  | { readonly kind: "threw"; readonly error: unknown };

export async function endOf(work: Promise<unknown>): Promise<CallEnding> {
  try {
    return { kind: "answered", answer: await work };
  } catch (error) {
    return { kind: "threw", error };
  }
}

export function isSameEnding(one: CallEnding, other: CallEnding): boolean {
  return (
    one.kind === "answered" &&
    other.kind === "answered" &&
    isDeepStrictEqual(one.answer, other.answer)
  );
}

/**
 * What is wrong with how a call ended that was answered wrongly; null when nothing is. A refusal
 * needs a category and a sentence. An answer needs to be of the shape it has in good weather, and to
 * hold no less: `mayShrink` where the wrong answer itself says, in good form, that there is less.
 */
export function judgeEnding(input: {
  readonly ending: CallEnding;
  readonly goodAnswer: unknown;
  readonly mayShrink: boolean;
}): string | null {
  const { ending, goodAnswer, mayShrink } = input;
  if (ending.kind === "threw") return judgeError(ending.error);
  return judgeAnswer({ value: ending.answer, good: goodAnswer, path: "answer", mayShrink });
}

function judgeError(error: unknown): string | null {
  if (!isConnectorError(error)) return `threw ${String(error)}, which is no ConnectorError`;
  return judgeDetail(error.detail, error.cause);
}

/** What no sentence for people holds. */
const leaked = /undefined|\[object|NaN|Cannot read|is not a function|not iterable|ZodError|\n/;

function judgeDetail({ category, message }: ConnectorErrorDetail, cause?: unknown): string | null {
  if (message.includes("failed inside the connector")) {
    const from = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    return `crashed: ${from.slice(0, 200)}`;
  }
  if (message.length < 20 || message.length > 2_000) {
    return `${category} with a message of ${message.length} characters: ${message.slice(0, 200)}`;
  }
  if (!/[.!?…”)]$/.test(message)) return `${category} without a sentence: ${message.slice(-200)}`;
  const word = leaked.exec(message)?.[0];
  return word === undefined
    ? null
    : `${category}, whose message holds ${JSON.stringify(word)}: ${message.slice(0, 300)}`;
}

function judgeAnswer(input: {
  readonly value: unknown;
  readonly good: unknown;
  readonly path: string;
  readonly mayShrink: boolean;
}): string | null {
  const { value, good, path, mayShrink } = input;
  if (isDeepStrictEqual(value, good)) return null;
  if (isRefusal(value)) return judgeDetail(value.error);
  if (value === undefined) return `${path} is undefined`;
  if (typeof value === "number" && !Number.isFinite(value)) return `${path} is ${value}`;
  if (typeof value === "string" && leaked.test(value)) return `${path} is ${value.slice(0, 100)}`;
  if (value === null || good === null || good === undefined) return null;
  if (typeOf(value) !== typeOf(good)) {
    return `${path} is ${typeOf(value)}, in good weather ${typeOf(good)}`;
  }
  if (typeof value !== "object") return null;
  if (Array.isArray(value) && Array.isArray(good)) {
    if (value.length < good.length && !mayShrink) {
      return `${path} has ${value.length} of ${good.length} without a word`;
    }
    return firstOf(value.map((one, index) => () => judgeItem(one, good, index, path, mayShrink)));
  }
  const own = value as Record<string, unknown>;
  // An event that concerns nobody any more, and says why.
  if (own["kind"] === "irrelevant" && typeof own["because"] === "string") return null;
  const fine = good as Record<string, unknown>;
  if (fine["hasMore"] === true && own["hasMore"] !== true && !mayShrink) {
    return `${path}.hasMore is ${String(own["hasMore"])}: the rest is left out without a word`;
  }
  return firstOf(
    Object.keys(fine)
      .filter((key) => fine[key] !== undefined && (key in own || !mayShrink))
      .map(
        (key) => () =>
          judgeAnswer({ value: own[key], good: fine[key], path: `${path}.${key}`, mayShrink }),
      ),
  );
}

function judgeItem(
  value: unknown,
  good: readonly unknown[],
  index: number,
  path: string,
  mayShrink: boolean,
): string | null {
  return judgeAnswer({ value, good: good[index] ?? good[0], path: `${path}[${index}]`, mayShrink });
}

function firstOf(judgments: readonly (() => string | null)[]): string | null {
  for (const judge of judgments) {
    const complaint = judge();
    if (complaint !== null) return complaint;
  }
  return null;
}

function isRefusal(value: unknown): value is { readonly error: ConnectorErrorDetail } {
  return (
    typeof value === "object" &&
    value !== null &&
    "error" in value &&
    typeof value.error === "object" &&
    value.error !== null &&
    "category" in value.error
  );
}

function typeOf(value: unknown): string {
  return Array.isArray(value) ? "list" : typeof value;
}
