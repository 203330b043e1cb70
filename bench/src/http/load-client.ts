import { type Child, startChild } from "../processes/child.ts";
import { processorSecondsOf } from "../processes/processor-time.ts";

export type LoadAsked =
  | {
      readonly kind: "target";
      readonly name: string;
      readonly port: number;
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      /** Sent one after the other, over and over. */
      readonly bodies: readonly string[];
    }
  | {
      readonly kind: "run";
      readonly name: string;
      readonly connections: number;
      readonly milliseconds: number;
    };

export interface LoadAnswered {
  readonly answered: number;
  readonly elapsedMs: number;
}

/** The load generator, in a process and on a core of its own. */
export interface LoadClient {
  addTarget(target: Omit<Extract<LoadAsked, { kind: "target" }>, "kind">): Promise<void>;
  /**
   * Requests a second of the server's own processor time (by the clock where that is not told).
   * The server has one core to itself here and is kept busy, so on a quiet machine both agree; on
   * another one, only this one repeats. Throws when anything is answered with other than 200.
   */
  rate(
    run: Omit<Extract<LoadAsked, { kind: "run" }>, "kind"> & { readonly serverPid: number },
  ): Promise<{ readonly perProcessorSecond: number; readonly perSecond: number }>;
  stop(): Promise<void>;
}

export async function startLoadClient({ core }: { readonly core: number }): Promise<LoadClient> {
  const { child }: { child: Child<LoadAsked, LoadAnswered> } = await startChild({
    file: "http/load.ts",
    core,
  });
  return {
    addTarget: async (target) => void (await child.ask({ kind: "target", ...target })),
    rate: async ({ serverPid, ...run }) => {
      const before = processorSecondsOf(serverPid);
      const { answered, elapsedMs } = await child.ask({ kind: "run", ...run });
      const after = processorSecondsOf(serverPid);
      const perSecond = (answered * 1000) / elapsedMs;
      return {
        perSecond,
        perProcessorSecond:
          before === null || after === null ? perSecond : answered / (after - before),
      };
    },
    stop: child.stop,
  };
}
