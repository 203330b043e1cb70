/**
 * Ids in the order (key, id). Writes nearly always carry the newest key, so the array grows at its
 * end; a back-dated key is spliced in. A moved id leaves its old entry behind, which readers skip
 * and a rebuild drops once more than half are left over.
 */
export interface SortedKeys {
  /** Moves `id` to `key`; `previous` is the key it had, if any. */
  place(input: {
    readonly id: string;
    readonly key: number;
    readonly previous?: number | undefined;
  }): void;
  /** Forgets `id`, which stood at `key`. */
  drop(input: { readonly id: string; readonly key: number }): void;
  /** Ids with `from <= key <= to`, ascending by (key, id). */
  ascending(range?: KeyRange): Generator<string>;
  /** The same, descending. */
  descending(range?: KeyRange): Generator<string>;
  clear(): void;
}

export interface KeyRange {
  readonly from?: number | undefined;
  /** Among the entries at `from`, those from this id on. */
  readonly fromId?: string | undefined;
  readonly to?: number | undefined;
}

interface Entry {
  readonly key: number;
  readonly id: string;
}

const REBUILD_MIN = 1024;

export function createSortedKeys(currentKey: (id: string) => number | undefined): SortedKeys {
  let entries: Entry[] = [];
  let leftOver = 0;

  function place({
    id,
    key,
    previous,
  }: {
    id: string;
    key: number;
    previous?: number | undefined;
  }) {
    if (previous === key) return;
    if (previous !== undefined) leftOver += 1;
    const at = lowerBound(entries, { key, id });
    const found = entries[at];
    // The id was here before, moved away and came back: its old entry is good again.
    if (found !== undefined && found.key === key && found.id === id) leftOver -= 1;
    else if (at === entries.length) entries.push({ key, id });
    else entries.splice(at, 0, { key, id });
    rebuildWhenStale();
  }

  function drop(_: { id: string; key: number }) {
    leftOver += 1;
    rebuildWhenStale();
  }

  function rebuildWhenStale() {
    if (leftOver < REBUILD_MIN || leftOver * 2 < entries.length) return;
    entries = entries.filter((entry) => currentKey(entry.id) === entry.key);
    leftOver = 0;
  }

  function* ascending({ from, fromId = "", to }: KeyRange = {}) {
    const start = from === undefined ? 0 : lowerBound(entries, { key: from, id: fromId });
    for (let index = start; index < entries.length; index += 1) {
      const entry = entries[index] as Entry;
      if (to !== undefined && entry.key > to) return;
      if (currentKey(entry.id) === entry.key) yield entry.id;
    }
  }

  function* descending({ from, to }: KeyRange = {}) {
    const end = to === undefined ? entries.length : lowerBound(entries, { key: to, id: "\uffff" });
    for (let index = end - 1; index >= 0; index -= 1) {
      const entry = entries[index] as Entry;
      if (from !== undefined && entry.key < from) return;
      if (currentKey(entry.id) === entry.key) yield entry.id;
    }
  }

  function clear() {
    entries = [];
    leftOver = 0;
  }

  return { place, drop, ascending, descending, clear };
}

function lowerBound(entries: readonly Entry[], { key, id }: Entry): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle] as Entry;
    if (entry.key < key || (entry.key === key && entry.id < id)) low = middle + 1;
    else high = middle;
  }
  return low;
}
