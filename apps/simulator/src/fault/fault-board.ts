import type { Store } from "../store/store.ts";
import type { Vendor } from "../vendor.ts";
import type { Fault, FaultKind } from "./fault.ts";

/** The faults now in force. */
export interface FaultBoard {
  add(fault: Omit<Fault, "id" | "hits">): Fault;
  list(): readonly Fault[];
  /** False when there was none of that id. */
  remove(id: string): boolean;
  removeAll(vendor?: Vendor): number;
  /** The first fault that fits, used up by one. */
  take(question: FaultQuestion): Fault | undefined;
  /** Reads the faults of an earlier process back from the store. */
  load(): void;
}

export interface FaultQuestion {
  readonly vendor: Vendor;
  readonly operation: string;
  readonly kinds: readonly FaultKind[];
  readonly object?: string | undefined;
  readonly recordId?: string | undefined;
}

/**
 * Counting happens in memory and reaches the store a moment later: a fault strikes inside a
 * transaction that it makes fail, and being undone with it would let it strike forever.
 */
export function createFaultBoard({ store }: { readonly store: Store }): FaultBoard {
  const table = store.define<Fault>("fault");
  const faults = new Map<string, Fault>();

  function take(question: FaultQuestion): Fault | undefined {
    if (faults.size === 0) return undefined;
    for (const fault of faults.values()) {
      if (!fits(fault, question)) continue;
      const remaining = fault.remaining === null ? null : fault.remaining - 1;
      const next = { ...fault, remaining, hits: fault.hits + 1 };
      if (remaining === 0) faults.delete(fault.id);
      else faults.set(fault.id, next);
      queueMicrotask(() => save(fault.id));
      return fault;
    }
    return undefined;
  }

  function save(id: string) {
    const fault = faults.get(id);
    store.transact(() => (fault === undefined ? store.remove(table, id) : store.put(table, fault)));
  }

  function remove(id: string) {
    const known = faults.delete(id);
    if (known) save(id);
    return known;
  }

  return {
    take,
    remove,
    list: () => [...faults.values()],
    add(input) {
      const fault = { ...input, id: `fault_${store.nextSequence()}`, hits: 0 };
      faults.set(fault.id, fault);
      save(fault.id);
      return fault;
    },
    removeAll(vendor) {
      const gone = [...faults.values()].filter(
        (one) => vendor === undefined || one.vendor === vendor,
      );
      for (const { id } of gone) remove(id);
      return gone.length;
    },
    load() {
      faults.clear();
      for (const fault of table.all()) faults.set(fault.id, fault);
    },
  };
}

function fits(fault: Fault, question: FaultQuestion): boolean {
  return (
    fault.vendor === question.vendor &&
    question.kinds.includes(fault.kind) &&
    matchesOperation(fault.operation, question.operation) &&
    (fault.object === null || fault.object === question.object) &&
    (fault.recordId === null || fault.recordId === question.recordId)
  );
}

/** `*` stands for any text, also none; everything else is literal. */
export function matchesOperation(pattern: string, operation: string): boolean {
  if (pattern === "*" || pattern === operation) return true;
  const parts = pattern.split("*");
  if (parts.length === 1) return false;
  const first = parts[0] as string;
  const last = parts.at(-1) as string;
  if (!operation.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = operation.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return operation.length - last.length >= at && operation.endsWith(last);
}
