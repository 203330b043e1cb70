import type { ErrorCode } from "../errors/error-code.ts";

/** The record and field a person has to change. */
export interface RecordField {
  /** For people: "Opportunity “Acme Pro” (006…)". */
  readonly record: string;
  readonly field: string;
}

/**
 * One thing wrong with a deal. `sentence` says what was expected, what came and what to change,
 * and names the record and the field: it is shown to sales as it is.
 */
export interface DealFault {
  readonly code: ErrorCode;
  readonly sentence: string;
  readonly where: RecordField;
  readonly lineId: string | null;
  /** What, once it changes in our own catalog, makes this fault worth another look. */
  readonly resolvedBy:
    | { readonly kind: "product-code"; readonly productCode: string }
    | { readonly kind: "deal-edit" };
}
