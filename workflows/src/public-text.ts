/** What a text for Temporal's own screens begins with; the payload codec leaves such texts readable. */
export const publicMark = "▸ ";

export const publicTextLengthMax = 1_000;

/**
 * Marks a text as meant for whoever looks at Temporal's own screens: it is stored in clear.
 * Only words of ours: sku, amount, status. Never a person, a customer's name, or anything a
 * vendor or caller could choose.
 */
export function publicText(text: string): string {
  return publicMark + text.slice(0, publicTextLengthMax);
}
