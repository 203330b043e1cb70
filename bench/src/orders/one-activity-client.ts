/** The peer's client, in a process of its own as the API is: starts runs and waits for their end. */
import { answerParent, tellParent } from "../processes/parent.ts";
import { inFlightFor } from "./in-flight.ts";
import type { PeerAnswered, PeerAsked } from "./one-activity-peer.ts";
import { Client, NativeConnection, peerAnswer, peerQueue, quietly } from "./temporal-sdk.ts";

quietly();
const connection = await NativeConnection.connect({
  address: process.env["TEMPORAL_ADDRESS"] ?? "",
  grpcCompression: { codec: "none" },
});
const client = new Client({
  connection,
  namespace: process.env["TEMPORAL_NAMESPACE"] ?? "default",
});
let count = 0;

async function once(): Promise<void> {
  count += 1;
  const answer: unknown = await client.workflow.execute("oneActivity", {
    workflowId: `one-activity-${process.pid}-${count}`,
    taskQueue: peerQueue,
    workflowTaskTimeout: "5s",
  });
  if (answer !== peerAnswer) throw new Error(`The peer answered ${String(answer)}.`);
}

tellParent("ready");
answerParent<PeerAsked, PeerAnswered>(async ({ inFlight, milliseconds }) =>
  inFlightFor({ inFlight, milliseconds, once }),
);
