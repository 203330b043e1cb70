import type { Side } from "../benchmark.ts";
import { medianOf } from "../median-of.ts";
import type { LoadClient } from "./load-client.ts";

export interface HttpSide extends Side {
  /** A sentence for whoever watches: what the ratio was made of. Absolute, so never a goal. */
  readonly describe: () => string;
}

const warmAfterRequests = 40_000;
const warmUpSecondsMax = 15;

/** A side that is a server under load, measured in `unitsPerRequest` a second of its processor time. */
export function httpSide({
  name,
  load,
  target,
  serverPid,
  connections,
  unitsPerRequest = 1,
}: {
  readonly name: string;
  readonly load: LoadClient;
  readonly target: string;
  readonly serverPid: number;
  readonly connections: number;
  readonly unitsPerRequest?: number;
}): HttpSide {
  const perSecond: number[] = [];
  const perProcessorSecond: number[] = [];
  let warmth = 0;
  const warmUp = async () => {
    // A server on a busy machine may not have met enough requests to be compiled when the first round starts.
    for (let second = 0; second < warmUpSecondsMax && warmth < warmAfterRequests; second += 1) {
      const rate = await load.rate({ name: target, connections, milliseconds: 1_000, serverPid });
      warmth += rate.perSecond * unitsPerRequest;
    }
  };
  return {
    name,
    measure: async (milliseconds) => {
      await warmUp();
      const rate = await load.rate({ name: target, connections, milliseconds, serverPid });
      perSecond.push(rate.perSecond);
      perProcessorSecond.push(rate.perProcessorSecond);
      return rate.perProcessorSecond * unitsPerRequest;
    },
    describe: () =>
      `${target}: ${Math.round(medianOf(perSecond))} requests a second by the clock, ${(1e6 / medianOf(perProcessorSecond)).toFixed(1)} µs of processor time each`,
  };
}
