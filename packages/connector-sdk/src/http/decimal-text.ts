import { z } from "zod";

/**
 * An amount or a quantity in a parsed answer: a decimal string, however the vendor wrote the
 * number. Use it on what `parseDecimalSafeJson` returned: there a plain number is a safe integer.
 */
export const decimalText = z
  .union([z.string().regex(/^-?\d{1,40}(\.\d{1,40})?$/, "expected a decimal number"), z.int()])
  .transform(String);
