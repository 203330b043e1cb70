import type { AnswerText } from "./answer-text.ts";

/** An answer with the question it belongs to, and the stretch of time over which it stays the same. */
export interface KeptAnswer extends AnswerText {
  readonly amount: number;
  readonly country: string | null;
  readonly allowed: boolean;
  readonly from: number;
  /** Long ago once rights, usage or another question took its place: whoever still has it must not use it. */
  until: number;
}

/** Whether the answer is still what would be said at the instant. */
export function holdsAt({ from, until }: KeptAnswer, at: number): boolean {
  return at >= from && at < until;
}
