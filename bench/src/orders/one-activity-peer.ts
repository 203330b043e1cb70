import { type Child, startChild } from "../processes/child.ts";
import type { HubStage } from "../stage/hub-stage.ts";
import type { Done } from "./in-flight.ts";

export interface PeerAsked {
  readonly inFlight: number;
  readonly milliseconds: number;
}

export type PeerAnswered = Done;

/** Empty one-activity workflows on the hub's own Temporal server, with client and worker in processes of their own. */
export interface OneActivityPeer {
  run(asked: PeerAsked): Promise<Done>;
  stop(): Promise<void>;
}

export async function startOneActivityPeer(hub: HubStage): Promise<OneActivityPeer> {
  const env = {
    TEMPORAL_ADDRESS: hub.temporal.address,
    TEMPORAL_NAMESPACE: hub.temporal.namespace,
  };
  const { child: worker } = await startChild({ file: "orders/one-activity-worker.ts", env });
  try {
    const { child: client }: { child: Child<PeerAsked, PeerAnswered> } = await startChild({
      file: "orders/one-activity-client.ts",
      env,
    });
    return {
      run: client.ask,
      stop: async () => {
        await client.stop();
        await worker.stop();
      },
    };
  } catch (error) {
    await worker.stop();
    throw error;
  }
}
