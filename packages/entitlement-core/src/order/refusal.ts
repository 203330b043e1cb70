import type { ErrorCode } from "../errors/error-code.ts";

/** Why something asked was not done: the code for machines, the sentence for the person who asked. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly sentence: string;
}
