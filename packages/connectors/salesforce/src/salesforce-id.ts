const suffixAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/**
 * The 18-character form of a record id: formulas and some exports hand out the 15-character one,
 * which names the same record. Null when the text is no record id.
 * @see https://help.salesforce.com/s/articleView?id=000385585&type=1
 */
export function toSalesforceId(text: string): string | null {
  if (!/^[0-9A-Za-z]{15}([0-9A-Za-z]{3})?$/.test(text)) return null;
  const id = text.slice(0, 15);
  let suffix = "";
  for (let block = 0; block < 15; block += 5) {
    let capitals = 0;
    for (let at = 0; at < 5; at += 1) {
      if (/[A-Z]/.test(id.charAt(block + at))) capitals |= 1 << at;
    }
    suffix += suffixAlphabet.charAt(capitals);
  }
  return id + suffix;
}
