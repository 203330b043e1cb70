import type { CallContext } from "../spec/call-context.ts";
import type { ConnectedSystem } from "../spec/connector-manifest.ts";
import { aCallContext, type RecordedContext } from "./call-context.ts";
import type { ConformanceHarness } from "./conformance-harness.ts";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";

/** One suite's peer and proxy, and a fresh connection for each check. */
export interface ConformanceRun {
  start(): Promise<void>;
  /** A new connection that has its token and its connections open, behind a calm proxy. */
  warm(): Promise<WarmConnection>;
  stop(): Promise<void>;
}

export interface WarmConnection {
  readonly harness: ConformanceHarness;
  readonly proxy: FaultProxy;
  readonly system: ConnectedSystem;
  readonly clock: VirtualClock;
  /** Another connection, with nothing in memory. */
  connect(): ConnectedSystem;
  context(change?: Partial<CallContext>): RecordedContext;
}

export function createConformanceRun(input: {
  readonly start: () => Promise<ConformanceHarness>;
}): ConformanceRun {
  let harness: ConformanceHarness | null = null;
  let proxy: FaultProxy | null = null;

  return {
    async start() {
      harness = await input.start();
      proxy = await startFaultProxy({ peerUrl: harness.peerUrl });
    },
    async warm() {
      if (harness === null || proxy === null) throw new Error("the run was not started");
      const [started, weather] = [harness, proxy];
      weather.calm();
      const clock = createVirtualClock({ startMs: Date.now() });
      const connect = () => started.connect({ url: weather.url, fetch, now: clock.now });
      const context = (change: Partial<CallContext> = {}) =>
        aCallContext({ now: clock.now, ...change });
      const system = connect();
      await started.read(system, context());
      weather.calm();
      return { harness: started, proxy: weather, system, clock, connect, context };
    },
    async stop() {
      await proxy?.close();
      await harness?.stop();
    },
  };
}
