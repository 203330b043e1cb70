/** Keeps one copy of each distinct value and knows it by a small number. Nothing is ever forgotten. */
export interface Interner<Value> {
  intern(value: Value): number;
  get(index: number): Value;
  /** In the order of their numbers, for readers that cannot afford a call. */
  readonly values: readonly Value[];
}

/** `keyOf` must give equal keys for equal values and different keys for different ones. */
export function createInterner<Value>(keyOf: (value: Value) => string): Interner<Value> {
  const values: Value[] = [];
  const indexes = new Map<string, number>();
  return {
    values,
    intern(value) {
      const key = keyOf(value);
      const known = indexes.get(key);
      if (known !== undefined) return known;
      indexes.set(key, values.length);
      return values.push(value) - 1;
    },
    get(index) {
      const value = values[index];
      if (value === undefined) throw new RangeError(`Nothing was interned as ${index}.`);
      return value;
    },
  };
}
