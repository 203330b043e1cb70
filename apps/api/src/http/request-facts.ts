import type { TraceContext } from "./trace-context.ts";

/** What is known of a request before its route is looked at. */
export interface RequestFacts {
  readonly requestId: string;
  readonly trace: TraceContext;
  readonly path: string;
  /** Epoch milliseconds: the clock is read once a request. */
  readonly now: number;
  header(name: string): string | undefined;
  /** All of them, names in lower case. */
  headers(): Readonly<Record<string, string>>;
}
