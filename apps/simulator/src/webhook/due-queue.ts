/** Things to do at an instant, earliest first; equal instants in the order they were added. */
export interface DueQueue<T> {
  readonly size: number;
  add(item: { readonly dueMs: number; readonly value: T }): void;
  /** The earliest item due at `nowMs` or before, taken out. */
  takeDue(nowMs: number): T | undefined;
  nextDueMs(): number | undefined;
  /** Everything, taken out in order. */
  drain(): T[];
}

interface Node<T> {
  readonly dueMs: number;
  readonly order: number;
  readonly value: T;
}

/** A binary heap. */
export function createDueQueue<T>(): DueQueue<T> {
  const heap: Node<T>[] = [];
  let added = 0;

  function add({ dueMs, value }: { dueMs: number; value: T }) {
    added += 1;
    heap.push({ dueMs, order: added, value });
    let at = heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (!isBefore(at, parent)) return;
      swap(at, parent);
      at = parent;
    }
  }

  function takeFirst(): T | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return undefined;
    if (heap.length > 0) {
      heap[0] = last;
      sink();
    }
    return first.value;
  }

  function sink() {
    let at = 0;
    for (;;) {
      const left = at * 2 + 1;
      const right = left + 1;
      let least = at;
      if (left < heap.length && isBefore(left, least)) least = left;
      if (right < heap.length && isBefore(right, least)) least = right;
      if (least === at) return;
      swap(at, least);
      at = least;
    }
  }

  function isBefore(left: number, right: number) {
    const one = heap[left] as Node<T>;
    const other = heap[right] as Node<T>;
    return one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.order < other.order);
  }

  function swap(left: number, right: number) {
    const kept = heap[left] as Node<T>;
    heap[left] = heap[right] as Node<T>;
    heap[right] = kept;
  }

  return {
    get size() {
      return heap.length;
    },
    add,
    takeDue: (nowMs) => (heap[0] !== undefined && heap[0].dueMs <= nowMs ? takeFirst() : undefined),
    nextDueMs: () => heap[0]?.dueMs,
    drain() {
      const all: T[] = [];
      while (heap.length > 0) all.push(takeFirst() as T);
      return all;
    },
  };
}
