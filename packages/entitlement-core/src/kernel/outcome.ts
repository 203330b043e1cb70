/** An answer that may be no. A no is a value with its reasons, never an exception. */
export type Outcome<Value, Reason> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reasons: readonly [Reason, ...Reason[]] };
