import { createSortedKeys, type KeyRange } from "./sorted-keys.ts";

/** Everything kept by the simulator is a row: plain JSON, replaced whole, never changed in place. */
export interface Row {
  readonly id: string;
}

export interface TableSpec<R extends Row> {
  /** Equality indexes by name: the value or values a row is found under; undefined leaves it out. */
  readonly indexes?: Readonly<Record<string, (row: R) => string | readonly string[] | undefined>>;
  /** Range index: rows are iterated by (orderBy, id). Without it, by insertion. */
  readonly orderBy?: (row: R) => number;
}

export interface Table<R extends Row> {
  readonly name: string;
  readonly size: number;
  get(id: string): R | undefined;
  /** Rows found under `value` of the equality index `index`. Cost: the number of rows found. */
  where(index: string, value: string): R[];
  countWhere(index: string, value: string): number;
  /** Every row, in no promised order. */
  all(): IterableIterator<R>;
  ascending(range?: KeyRange): Generator<R>;
  descending(range?: KeyRange): Generator<R>;
  hasIndex(index: string): boolean;
}

/** The writing half, kept by the store so that every write is part of a transaction. */
export interface WritableTable<R extends Row> extends Table<R> {
  write(id: string, row: R | undefined): void;
  /** Builds the equality indexes anew: what they are made of has changed. */
  reindex(): void;
  clear(): void;
}

export function createTable<R extends Row>(name: string, spec: TableSpec<R>): WritableTable<R> {
  const rows = new Map<string, R>();
  const orderBy = spec.orderBy;
  const sorted = createSortedKeys((id) => {
    const row = rows.get(id);
    return row === undefined || orderBy === undefined ? undefined : orderBy(row);
  });
  const indexes = Object.entries(spec.indexes ?? {}).map(([index, valuesOf]) => ({
    index,
    valuesOf: (row: R) => asList(valuesOf(row)),
    ids: new Map<string, Set<string>>(),
  }));
  const indexByName = new Map(indexes.map((one) => [one.index, one]));

  function write(id: string, row: R | undefined) {
    const before = rows.get(id);
    for (const { ids, valuesOf } of indexes) {
      const left = before === undefined ? [] : valuesOf(before);
      const right = row === undefined ? [] : valuesOf(row);
      for (const value of left) if (!right.includes(value)) removeFrom(ids, value, id);
      for (const value of right) if (!left.includes(value)) addTo(ids, value, id);
    }
    if (row === undefined) rows.delete(id);
    else rows.set(id, row);
    if (orderBy === undefined) return;
    const previous = before === undefined ? undefined : orderBy(before);
    if (row !== undefined) sorted.place({ id, key: orderBy(row), previous });
    else if (previous !== undefined) sorted.drop({ id, key: previous });
  }

  function reindex() {
    for (const { ids, valuesOf } of indexes) {
      ids.clear();
      for (const row of rows.values()) for (const value of valuesOf(row)) addTo(ids, value, row.id);
    }
  }

  function where(index: string, value: string): R[] {
    const found: R[] = [];
    for (const id of indexNamed(index).ids.get(value) ?? []) found.push(rows.get(id) as R);
    return found;
  }

  function indexNamed(index: string) {
    const one = indexByName.get(index);
    if (one === undefined) throw new Error(`Table ${name} has no index "${index}".`);
    return one;
  }

  function* pick(ids: Iterable<string>) {
    for (const id of ids) yield rows.get(id) as R;
  }

  return {
    name,
    get size() {
      return rows.size;
    },
    get: (id) => rows.get(id),
    where,
    countWhere: (index, value) => indexNamed(index).ids.get(value)?.size ?? 0,
    all: () => rows.values(),
    ascending: (range) => pick(sorted.ascending(range)),
    descending: (range) => pick(sorted.descending(range)),
    hasIndex: (index) => indexByName.has(index),
    write,
    reindex,
    clear() {
      rows.clear();
      sorted.clear();
      for (const { ids } of indexes) ids.clear();
    },
  };
}

function asList(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : value;
}

function addTo(ids: Map<string, Set<string>>, value: string, id: string) {
  const set = ids.get(value);
  if (set === undefined) ids.set(value, new Set([id]));
  else set.add(id);
}

function removeFrom(ids: Map<string, Set<string>>, value: string, id: string) {
  const set = ids.get(value);
  set?.delete(id);
  if (set?.size === 0) ids.delete(value);
}
