import type { CallContext } from "../spec/call-context.ts";

/** A context as an activity gives it, with everything that was logged. */
export interface RecordedContext extends CallContext {
  readonly logged: Record<string, unknown>[];
}

export function aCallContext(
  change: Partial<CallContext> & { readonly now?: () => number } = {},
): RecordedContext {
  const { now = Date.now, ...rest } = change;
  const logged: Record<string, unknown>[] = [];
  return {
    idempotencyKey: "order:ord_test:1:step",
    deadline: now() + 30_000,
    signal: new AbortController().signal,
    log: (entry) => logged.push(entry),
    ...rest,
    logged,
  };
}
