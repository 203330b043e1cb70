/**
 * Salesforce record ids: 15 case-sensitive characters (3 of them name the object), and the
 * 18-character form whose last three let a case-blind system compare them.
 * @see https://help.salesforce.com/s/articleView?id=000385585&type=1
 */
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/** The 18-character id of record number `sequence`; ids of one object grow with it. */
export function makeSalesforceId(input: {
  readonly keyPrefix: string;
  /** Three characters that tell one org's ids from another's. */
  readonly pod: string;
  readonly sequence: number;
}): string {
  let rest = input.sequence;
  let digits = "";
  while (rest > 0) {
    digits = BASE62[rest % 62] + digits;
    rest = Math.floor(rest / 62);
  }
  return withSuffix(`${input.keyPrefix}${input.pod}${digits.padStart(9, "0")}`);
}

/** The 18-character form of a 15- or 18-character id; undefined when it is neither. */
export function normalizeSalesforceId(text: string): string | undefined {
  if (/^[0-9A-Za-z]{15}$/.test(text)) return withSuffix(text);
  return /^[0-9A-Za-z]{18}$/.test(text) ? withSuffix(text.slice(0, 15)) : undefined;
}

function withSuffix(id15: string): string {
  let suffix = "";
  for (let part = 0; part < 3; part += 1) {
    let bits = 0;
    for (let at = 0; at < 5; at += 1) {
      const character = id15[part * 5 + at] as string;
      if (character >= "A" && character <= "Z") bits |= 1 << at;
    }
    suffix += SUFFIX[bits];
  }
  return id15 + suffix;
}
