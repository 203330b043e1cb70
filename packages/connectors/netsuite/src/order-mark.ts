/** What a sales order was brought to. */
export interface OrderMark {
  readonly revision: number;
  readonly isTakenBack: boolean;
}

const pattern = /^(\d{1,9})( taken back)?$/;

/** Null for what Usher did not write. */
export function readOrderMark(text: string | number | undefined): OrderMark | null {
  const match = pattern.exec(String(text ?? "").trim());
  if (match === null) return null;
  return { revision: Number(match[1]), isTakenBack: match[2] !== undefined };
}

export function describeOrderMark({ revision, isTakenBack }: OrderMark): string {
  return `${revision}${isTakenBack ? " taken back" : ""}`;
}

export function isSameMark(one: OrderMark | null, other: OrderMark): boolean {
  return one?.revision === other.revision && one.isTakenBack === other.isTakenBack;
}
