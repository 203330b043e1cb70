/** One page of a list, newest first. `nextCursor` is null on the last page. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

export interface PageRequest {
  /** 1 to `pageLimitMax`; more is cut down to it. */
  readonly limit: number;
  /** `nextCursor` of the page before; null for the first. */
  readonly cursor: string | null;
}

export const pageLimitMax = 500;

/** The cursor was not made by this list. */
export class InvalidCursorError extends Error {
  override readonly name = "InvalidCursorError";
}

/** Rows to ask for: one more than shown tells whether there is a next page. */
export function rowsToRead({ limit }: PageRequest): number {
  return Math.min(Math.max(1, Math.trunc(limit)), pageLimitMax) + 1;
}

/** Where the page starts: the id of the last item before it. Opaque to callers, so that it may change. */
export function readCursor({ cursor }: PageRequest): string | null {
  if (cursor === null) return null;
  const text = Buffer.from(cursor, "base64url").toString();
  if (!/^1:[\w:.~-]{1,200}$/.test(text)) {
    throw new InvalidCursorError(
      "Expected the next_cursor of an earlier page of this list. Start again without a cursor.",
    );
  }
  return text.slice(2);
}

/** Cuts what was read with `rowsToRead` to the page and says where the next one starts. */
export function toPage<Item>({
  rows,
  request,
  idOf,
}: {
  readonly rows: readonly Item[];
  readonly request: PageRequest;
  readonly idOf: (item: Item) => string;
}): Page<Item> {
  const shown = rowsToRead(request) - 1;
  const items = rows.slice(0, shown);
  const last = items.at(-1);
  const hasMore = rows.length > shown && last !== undefined;
  return {
    items,
    nextCursor: hasMore ? Buffer.from(`1:${idOf(last)}`).toString("base64url") : null,
  };
}
