import { InvalidCursorError, type Page } from "@usher/database";

/** A page of the database as a list of the wire. */
export function toWireList<Item, Wire>(
  page: Page<Item>,
  toWire: (item: Item) => Wire,
): { data: Wire[]; has_more: boolean; next_cursor: string | null } {
  return {
    data: page.items.map(toWire),
    has_more: page.nextCursor !== null,
    next_cursor: page.nextCursor,
  };
}

/** A list that is short enough to be read whole, paged by position. */
export function pageOf<Item>({
  items,
  limit,
  cursor,
}: {
  readonly items: readonly Item[];
  readonly limit: number;
  readonly cursor: string | undefined;
}): Page<Item> {
  const start = cursor === undefined ? 0 : readPosition(cursor);
  const end = start + limit;
  return {
    items: items.slice(start, end),
    nextCursor: end < items.length ? Buffer.from(`p:${end}`).toString("base64url") : null,
  };
}

function readPosition(cursor: string): number {
  const text = Buffer.from(cursor, "base64url").toString();
  if (!/^p:\d{1,9}$/.test(text)) {
    throw new InvalidCursorError(
      "Expected the next_cursor of an earlier page of this list. Start again without a cursor.",
    );
  }
  return Number(text.slice(2));
}
