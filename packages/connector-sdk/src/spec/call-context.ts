/** What every call to a remote system is given. */
export interface CallContext {
  /** Business key: the same for every attempt at the same step of the same revision. */
  readonly idempotencyKey: string;
  /** Epoch milliseconds after which the answer is of no use. */
  readonly deadline: number;
  readonly signal: AbortSignal;
  readonly log: CallLog;
}

/** Structured, redacted; the connector never writes to the console. */
export type CallLog = (entry: {
  readonly message: string;
  readonly [field: string]: unknown;
}) => void;
