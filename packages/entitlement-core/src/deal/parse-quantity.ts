/** Beyond this a quantity is a slip of the keyboard, and amounts would leave the safe integers. */
export const quantityMax = 1_000_000_000;

/**
 * A whole quantity of at least 1 from a vendor's decimal string, also when it is written `250.00`;
 * null for anything else. Nothing is rounded.
 */
export function parseQuantity(text: string | null): number | null {
  const match = /^0*([1-9]\d{0,9})(?:\.0+)?$/.exec(text ?? "");
  if (match === null) return null;
  const quantity = Number(match[1]);
  return quantity <= quantityMax ? quantity : null;
}
