import { randomUUID } from "node:crypto";
import { Metadata, type ServerDuplexStream } from "@grpc/grpc-js";
import type { Org } from "../org.ts";
import type { SchemaObject } from "../schema/schema.ts";
import { EVENTS_KEPT_MS, eventsBehind } from "./change-event.ts";
import { changeEventSchema } from "./change-event-schema.ts";
import { type PubSubRefusalCode, pubSubRefusal } from "./pubsub-refusal.ts";
import type { FetchRequest, FetchResponse } from "./pubsub-wire.ts";
import { openReplayId, sealReplayId } from "./replay-id.ts";

const REQUESTED_MAX = 100;
/** A response holds some of the events only, so that nobody takes one for all there are. */
const EVENTS_PER_RESPONSE = 40;

export interface Subscription {
  /** Ends the stream as the service does when something happens to it. */
  cut(code: PubSubRefusalCode): void;
}

/**
 * One `Subscribe` stream: as many events as were asked for and no more, then silence with an empty
 * response now and then, which carries the newest replay id.
 * @see https://developer.salesforce.com/docs/platform/pub-sub-api/references/methods/subscribe-rpc.html
 */
export function serveSubscription(input: {
  readonly org: Org;
  readonly stream: ServerDuplexStream<FetchRequest, FetchResponse>;
  readonly topicObject: (topic: string) => SchemaObject | undefined;
  readonly keepAliveMs: number;
  readonly onEnd: () => void;
}): Subscription {
  const { org, stream, topicObject, keepAliveMs, onEnd } = input;
  const rpcId = randomUUID();
  let topic: { readonly name: string; readonly object: SchemaObject } | null = null;
  let position = 0;
  let pending = 0;
  let isOver = false;

  function cut(code: PubSubRefusalCode) {
    if (isOver) return;
    end();
    stream.emit("error", pubSubRefusal(code, rpcId));
  }

  function end() {
    if (isOver) return;
    isOver = true;
    clearInterval(beat);
    org.onChangeEvents.delete(deliver);
    onEnd();
  }

  function begin(request: FetchRequest): PubSubRefusalCode | null {
    const object = topicObject(request.topic_name);
    if (object === undefined) return "topic.not.found";
    topic = { name: request.topic_name, object };
    const { busEpoch } = org.settings();
    switch (request.replay_preset) {
      case "EARLIEST":
        position = 0;
        return null;
      case "LATEST":
        position = org.store.nextSequence();
        return null;
      case "CUSTOM": {
        if (request.replay_id.length === 0) return "subscription.fetch.replayid.validation.failed";
        const at = openReplayId(request.replay_id, busEpoch);
        if (at === null || org.now() - at.issuedMs > EVENTS_KEPT_MS)
          return "subscription.fetch.replayid.corrupted";
        position = at.position;
        return null;
      }
    }
  }

  function deliver() {
    if (isOver || topic === null) return;
    const schema = changeEventSchema(topic.object);
    let waiting = eventsBehind(org, topic.object.name, position);
    while (pending > 0 && waiting.length > 0) {
      const batch = waiting.slice(0, Math.min(pending, EVENTS_PER_RESPONSE));
      waiting = waiting.slice(batch.length);
      pending -= batch.length;
      position = batch.at(-1)?.position ?? position;
      respond(
        batch.map((event) => ({
          // `id` stays empty: change events have none.
          event: { id: "", schema_id: schema.id, payload: schema.encode(event) },
          replay_id: seal(event.position, event.commitMs),
        })),
        seal(position, batch.at(-1)?.commitMs ?? org.now()),
      );
    }
  }

  function keepAlive() {
    if (isOver || topic === null || pending === 0) return;
    if (eventsBehind(org, topic.object.name, position).length > 0) return;
    position = org.store.nextSequence();
    respond([], seal(position, org.now()));
  }

  function respond(events: FetchResponse["events"], latest: Uint8Array) {
    stream.write({
      events,
      latest_replay_id: latest,
      rpc_id: rpcId,
      pending_num_requested: pending,
    });
  }

  function seal(at: number, issuedMs: number) {
    return sealReplayId({ position: at, issuedMs }, org.settings().busEpoch);
  }

  const beat = setInterval(keepAlive, keepAliveMs);
  org.onChangeEvents.add(deliver);
  stream.on("data", (request: FetchRequest) => {
    if (isOver) return;
    if (topic === null) {
      const refused = begin(request);
      if (refused !== null) return cut(refused);
      // Says that the stream stands, and where it begins, before there is any event.
      stream.sendMetadata(new Metadata());
    } else if (request.topic_name !== "" && request.topic_name !== topic.name) {
      return cut("subscription.fetch.topic.mismatch");
    }
    if (request.num_requested <= 0) return cut("subscription.fetch.requested.events.invalid");
    pending += Math.min(request.num_requested, REQUESTED_MAX);
    deliver();
  });
  stream.on("end", () => {
    end();
    stream.end();
  });
  stream.on("cancelled", end);
  stream.on("close", end);
  return { cut };
}
