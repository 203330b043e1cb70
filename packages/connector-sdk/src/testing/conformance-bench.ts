import type { CallContext } from "../spec/call-context.ts";
import type { ConnectedSystem, ConnectorDependencies } from "../spec/connector-manifest.ts";
import { aCallContext, type RecordedContext } from "./call-context.ts";
import type { ConformanceHarness } from "./conformance-harness.ts";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";
import { type LastCall, watchSystem } from "./watch-system.ts";

/** What the checks of one run stand on: the harness, the proxy before its peer, and what is known of the package. */
export interface ConformanceBench {
  readonly harness: ConformanceHarness;
  /** Folder of the connector's package; null when the run is about a connector alone. */
  readonly folder: string | null;
  /** Ports that are left out of checks about writing, for a reason given with the run. */
  readonly portsLeftOut: ReadonlySet<"crm" | "billing" | "erp">;
  /** A new connection that has its token and its connections open, behind a calm proxy. */
  warm(input?: ConnectInput): Promise<WarmConnection>;
  /** What the connector was last asked for: where a fault without a stack trace is looked for. */
  lastCall(): LastCall | null;
  /** How long the run has taken so far. */
  elapsedMs(): number;
  readonly budgetMs: number;
  stop(): Promise<void>;
}

export type ConnectInput = {
  readonly pageSize?: number;
  readonly url?: string;
} & Partial<ConnectorDependencies>;

export interface WarmConnection {
  readonly harness: ConformanceHarness;
  readonly proxy: FaultProxy;
  readonly system: ConnectedSystem;
  readonly clock: VirtualClock;
  /** Another connection, with nothing in memory. */
  connect(input?: ConnectInput): ConnectedSystem;
  context(change?: Partial<CallContext>): RecordedContext;
}

export async function openConformanceBench(input: {
  readonly start: () => Promise<ConformanceHarness>;
  readonly folder?: string | null;
  readonly portsLeftOut?: ReadonlySet<"crm" | "billing" | "erp">;
  readonly budgetMs?: number;
  /** Milliseconds of any origin; the run's own time is measured with it. */
  readonly stopwatch?: () => number;
}): Promise<ConformanceBench> {
  const { folder = null, portsLeftOut = new Set(), budgetMs = 60_000 } = input;
  const stopwatch = input.stopwatch ?? (() => performance.now());
  const startedMs = stopwatch();
  const harness = await input.start();
  const proxy = await startFaultProxy({ peerUrl: harness.peerUrl });
  let lastCall: LastCall | null = null;

  return {
    harness,
    folder,
    portsLeftOut,
    budgetMs,
    elapsedMs: () => stopwatch() - startedMs,
    lastCall: () => lastCall,
    async warm(given = {}) {
      proxy.calm();
      const clock = createVirtualClock({ startMs: Date.now() });
      const connect = (changed: ConnectInput = {}) =>
        watchSystem({
          system: harness.connect({ url: proxy.url, fetch, now: clock.now, ...given, ...changed }),
          onCall: (call) => {
            lastCall = call;
          },
        });
      const context = (change: Partial<CallContext> = {}) =>
        aCallContext({ now: clock.now, ...change });
      const system = connect();
      await harness.read(system, context());
      proxy.calm();
      return { harness, proxy, system, clock, connect, context };
    },
    async stop() {
      await proxy.close();
      await harness.stop();
    },
  };
}
