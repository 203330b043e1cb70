import type { Checkpoint, CrmConnector } from "../spec/crm-connector.ts";
import { aCallContext } from "./call-context.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** One page of a read under kills, and the time that passes before it. */
export interface ReadStep {
  readonly advanceMs: number;
  /** The process dies before the page and its checkpoint are stored, right after, or not at all. */
  readonly kill: "none" | "before_store" | "after_store";
}

/** A stream that never ends is a fault: no run needs as many pages. */
const pagesMax = 500;

/**
 * Reads a stream as the hub does: what a page announced and its checkpoint are stored together, one
 * (deal, version) once, and a process that dies leaves nothing but what was stored. After the steps
 * time moves on to `settledMs`, and the stream is read to its end twice. Answers when each deal was
 * last announced by a version that was new: then it was re-read.
 */
export async function readWithKills(input: {
  /** A process of its own: nothing of the one before is left. */
  readonly connect: () => CrmConnector;
  readonly clock: VirtualClock;
  readonly steps: readonly ReadStep[];
  readonly settledMs: number;
}): Promise<ReadonlyMap<string, number>> {
  const { connect, clock, steps, settledMs } = input;
  const stored = new Set<string>();
  const announcedAt = new Map<string, number>();
  let checkpoint: Checkpoint | null = null;
  let crm = connect();

  async function readPage(kill: ReadStep["kill"]): Promise<boolean> {
    const page = await crm.readChanges({ checkpoint }, aCallContext({ now: clock.now }));
    if (kill === "before_store") {
      crm = connect();
      return true;
    }
    for (const { dealId, version } of page.changes) {
      const key = `${dealId}:${version}`;
      if (stored.has(key)) continue;
      stored.add(key);
      announcedAt.set(dealId, clock.now());
    }
    checkpoint = page.checkpoint;
    if (kill === "after_store") crm = connect();
    return page.hasMore;
  }

  for (const { advanceMs, kill } of steps) {
    clock.advance(advanceMs);
    await readPage(kill);
  }
  clock.advance(Math.max(0, settledMs - clock.now()));
  for (let pass = 0; pass < 2; pass += 1) {
    let pages = 0;
    while (await readPage("none")) {
      pages += 1;
      if (pages > pagesMax) throw new Error(`The stream did not end within ${pagesMax} pages.`);
    }
    clock.advance(1_000);
  }
  return announcedAt;
}
