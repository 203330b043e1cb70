/** An answer that may be no. A no is a value with its reasons, never an exception. */
export type Outcome<Value, Reason> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reasons: readonly [Reason, ...Reason[]] };

/** A yes. */
export function accept<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value };
}

/** A no, with at least one reason. */
export function refuse<Reason>(...reasons: readonly [Reason, ...Reason[]]): {
  readonly ok: false;
  readonly reasons: readonly [Reason, ...Reason[]];
} {
  return { ok: false, reasons };
}

/** True when the list has a first element, which `Outcome` wants of its reasons. */
export function isNonEmpty<Item>(list: readonly Item[]): list is readonly [Item, ...Item[]] {
  return list.length > 0;
}
