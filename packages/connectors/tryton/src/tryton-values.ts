import { decimalText, plainDecimal, toDecimalAmount } from "@usher/connector-sdk/http";
import { z } from "zod";

/** `{"__class__": "Decimal", "decimal": "249.75"}`, read to `249.75`. Python may write `5E+2` for 500. */
export const trytonDecimal = z
  .looseObject({ __class__: z.literal("Decimal"), decimal: z.string().max(100) })
  .transform(({ decimal }, context) => {
    const plain = plainDecimal(decimal);
    if (plain !== null) return plain;
    context.addIssue({ code: "custom", message: "expected a decimal number" });
    return z.NEVER;
  });

/** A float of Tryton's, as text: quantities are floats there, `3.0` for three. */
export const trytonFloat = decimalText;

/** An id of a record. */
export const trytonId = z.int().positive();

/** Amount in minor units as Tryton takes it: a decimal, never a JSON number. */
export function toTrytonDecimal(input: { readonly minor: number; readonly currency: string }): {
  readonly __class__: "Decimal";
  readonly decimal: string;
} {
  return { __class__: "Decimal", decimal: toDecimalAmount(input) };
}

/** Whether two decimal texts are the same number: `3`, `3.0` and `3.000` are. */
export function isSameDecimal(one: string, other: string): boolean {
  return trimDecimal(one) === trimDecimal(other);
}

function trimDecimal(text: string): string {
  const [whole = "0", fraction = ""] = text.split(".");
  const digits = fraction.replace(/0+$/, "");
  const trimmed = digits === "" ? whole : `${whole}.${digits}`;
  return trimmed === "-0" ? "0" : trimmed;
}
