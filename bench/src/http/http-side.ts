import type { Side } from "../benchmark.ts";
import type { LoadClient } from "./load-client.ts";

export interface HttpSide extends Side {
  /** Requests a second by the clock, over all that was measured. */
  readonly byTheClock: () => number;
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
  const rates: number[] = [];
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
      rates.push(rate.perSecond * unitsPerRequest);
      return rate.perProcessorSecond * unitsPerRequest;
    },
    byTheClock: () => rates.reduce((sum, one) => sum + one, 0) / rates.length,
  };
}
