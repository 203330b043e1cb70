/** Why a signed document is not believed. Fixed words: products switch on them. */
export const refusals = [
  "no_keys",
  "malformed",
  "too_large",
  "algorithm_not_allowed",
  "header_not_allowed",
  "wrong_type",
  "unknown_key",
  "signature_invalid",
  "claims_malformed",
  "issuer_mismatch",
  "audience_mismatch",
  "subject_mismatch",
  "not_yet_valid",
  "expired",
  "revoked",
  "status_unknown",
  "older_than_known",
] as const;

export type Refusal = (typeof refusals)[number];

/** A document that is believed, or why it is not. A no is a value, never an exception. */
export type Verified<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reasons: readonly [Refusal] };

export function believed<Value>(value: Value): Verified<Value> {
  return { ok: true, value };
}

export function refused<Value>(refusal: Refusal): Verified<Value> {
  return { ok: false, reasons: [refusal] };
}
