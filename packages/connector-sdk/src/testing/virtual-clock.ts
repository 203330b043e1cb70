/** A clock that stands still until it is moved: what a connector under test is given as `now`. */
export interface VirtualClock {
  readonly now: () => number;
  advance(ms: number): void;
}

export function createVirtualClock({ startMs }: { readonly startMs: number }): VirtualClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance(ms) {
      nowMs += ms;
    },
  };
}
