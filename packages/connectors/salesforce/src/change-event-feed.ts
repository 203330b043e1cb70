import { type ClientDuplexStream, type StatusObject, status } from "@grpc/grpc-js";
import { connectorFailure, toConnectorError } from "@usher/connector-sdk/http";
import { type CallContext, type ConnectorError, isConnectorError } from "@usher/connector-sdk/spec";
import { type ChangeEventHeader, createHeaderReader } from "./change-event-header.ts";
import type { FetchRequest, FetchResponse, PubSubApi } from "./pubsub-api.ts";
import { fromPubSubStatus, isPositionLost } from "./pubsub-failure.ts";
import type { SalesforceSession, SalesforceSessions } from "./salesforce-session.ts";

export const opportunityTopic = "/data/OpportunityChangeEvent";

/** One event, or the reason why it could not be read. */
export interface ReceivedEvent {
  /** Base64 of the vendor's opaque bytes. */
  readonly replayId: string;
  readonly header: ChangeEventHeader | null;
}

export type TakenEvents =
  | {
      readonly kind: "events";
      readonly events: readonly ReceivedEvent[];
      /** Where to go on; null while there is no position yet. */
      readonly replayId: string | null;
      readonly hasMore: boolean;
    }
  /** The vendor does not know the position any more. */
  | { readonly kind: "expired" }
  /** There is no position, and no open stream that would make up for it. */
  | { readonly kind: "lost" }
  | { readonly kind: "failed"; readonly error: ConnectorError };

export type BegunAtTip =
  | { readonly kind: "standing"; readonly sinceMs: number }
  /** Not heard of yet: what happens meanwhile may come before the subscription. */
  | { readonly kind: "pending" }
  | { readonly kind: "failed"; readonly error: ConnectorError };

/** The org's change events, pulled a hundred at a time from a stream that is kept open. */
export interface ChangeEventFeed {
  /**
   * Listens from now on, unless it does already. What happened before the stream stands has to be
   * read by other means, after this resolves.
   */
  beginAtTip(context: CallContext): Promise<BegunAtTip>;
  /**
   * Events behind `after` (null: of the stream that began at the tip). Handing back the `replayId`
   * of the last answer says that its events were stored; anything else begins a stream anew there.
   */
  take(input: { readonly after: string | null }, context: CallContext): Promise<TakenEvents>;
  close(): void;
}

interface OpenStream {
  readonly call: ClientDuplexStream<FetchRequest, FetchResponse>;
  readonly session: SalesforceSession;
  /** Up to where events were handed out. */
  offered: string | null;
  /** The newest position, of an empty response: there is nothing before it that was not told. */
  latest: string | null;
  buffer: readonly FetchResponse["events"][number][];
  failure: ConnectorError | null;
  /** When the vendor had taken the subscription up, by our clock; null before. */
  standsSinceMs: number | null;
  heardMs: number;
}

/** The vendor delivers no more than this for one request. */
const requestedMax = 100;
/** A stream that is quiet says so within 270 seconds; one that does not is dead. */
const silenceMsMax = 300_000;
/** How long a call waits for something to happen. */
const waitMs = 1_000;
/** How long a new stream is given to stand. */
const standMs = 5_000;
/** After a failure the stream is left alone for a while: polling goes on meanwhile. */
const restMs = 30_000;

/**
 * Never more than `requestedMax` events are asked for and not yet handed out, so that a slow hub
 * holds the vendor back and not a growing buffer.
 */
export function createChangeEventFeed(input: {
  readonly api: PubSubApi;
  readonly sessions: SalesforceSessions;
  readonly now: () => number;
}): ChangeEventFeed {
  const { api, sessions, now } = input;
  const readers = new Map<string, (payload: Buffer) => ChangeEventHeader>();
  let open: OpenStream | null = null;
  let resting: { readonly untilMs: number; readonly error: ConnectorError } | null = null;
  let wake: () => void = () => undefined;

  function drop() {
    const dropped = open;
    open = null;
    dropped?.call.cancel();
  }

  function start(from: string | null, session: SalesforceSession): OpenStream {
    drop();
    const call = api.subscribe(session);
    const stream: OpenStream = {
      call,
      session,
      offered: from,
      latest: null,
      buffer: [],
      failure: null,
      standsSinceMs: null,
      heardMs: now(),
    };
    const heard = () => {
      stream.heardMs = now();
      stream.standsSinceMs ??= stream.heardMs;
      wake();
    };
    const ended = (error: unknown) => {
      stream.failure ??= fromPubSubStatus({ error, what: "Subscribing to change events" });
      wake();
    };
    call.on("metadata", heard);
    call.on("data", (response: FetchResponse) => {
      stream.buffer = [...stream.buffer, ...response.events];
      stream.latest =
        response.events.length === 0 ? response.latest_replay_id.toString("base64") : null;
      heard();
    });
    call.on("error", ended);
    call.on("status", ({ code }: StatusObject) => {
      if (code === status.OK) ended({ code: status.UNAVAILABLE });
    });
    call.write({
      topic_name: opportunityTopic,
      num_requested: requestedMax,
      ...(from === null
        ? { replay_preset: "LATEST" }
        : { replay_preset: "CUSTOM", replay_id: Buffer.from(from, "base64") }),
    });
    open = stream;
    return stream;
  }

  /** Waits until something has happened, but not long. */
  async function until(
    hasHappened: () => boolean,
    context: CallContext,
    msMax: number,
  ): Promise<void> {
    const ms = Math.max(0, Math.min(msMax, context.deadline - now()));
    await new Promise<void>((resolve) => {
      const stop = () => {
        clearTimeout(timer);
        context.signal.removeEventListener("abort", stop);
        wake = () => undefined;
        resolve();
      };
      const timer = setTimeout(stop, ms);
      wake = () => {
        if (hasHappened()) stop();
      };
      context.signal.addEventListener("abort", stop, { once: true });
      if (context.signal.aborted || hasHappened()) stop();
    });
  }

  function isAlive(stream: OpenStream): boolean {
    return stream.failure === null && now() - stream.heardMs < silenceMsMax;
  }

  function rest(error: ConnectorError) {
    return { untilMs: now() + Math.max(restMs, error.detail.retryAfterMs ?? 0), error };
  }

  async function beginWith(session: SalesforceSession, context: CallContext): Promise<OpenStream> {
    const stream = start(null, session);
    await until(() => stream.standsSinceMs !== null || stream.failure !== null, context, standMs);
    return stream;
  }

  /** A stream that stands at `after`; one that has failed or fallen silent is begun anew there. */
  async function standing(
    after: string | null,
    context: CallContext,
  ): Promise<OpenStream | "lost"> {
    if (open !== null && open.offered === after) {
      if (isAlive(open) || open.buffer.length > 0) return open;
      if (open.failure !== null && isPositionLost(open.failure)) return open;
    }
    if (after === null) {
      drop();
      return "lost";
    }
    const refused = open?.failure?.detail.category === "auth_expired" ? open.session : null;
    const session =
      refused === null
        ? await sessions.current(context.log)
        : await sessions.renewed(refused, context.log);
    return start(after, session);
  }

  async function takeFrom(stream: OpenStream, context: CallContext): Promise<TakenEvents> {
    await until(
      () => stream.buffer.length > 0 || stream.failure !== null || stream.latest !== null,
      context,
      waitMs,
    );
    if (stream.buffer.length === 0 && stream.failure !== null) throw stream.failure;
    const raw = stream.buffer.slice(0, requestedMax);
    const events: ReceivedEvent[] = [];
    for (const one of raw) events.push(await read(one, stream.session, context));
    stream.buffer = stream.buffer.slice(raw.length);
    if (raw.length > 0 && stream.failure === null) stream.call.write({ num_requested: raw.length });
    stream.offered =
      events.at(-1)?.replayId ??
      (stream.buffer.length === 0 ? stream.latest : null) ??
      stream.offered;
    if (stream.buffer.length === 0) stream.latest = null;
    const hasMore = stream.buffer.length > 0 || raw.length === requestedMax;
    return { kind: "events", events, replayId: stream.offered, hasMore };
  }

  async function read(
    { event, replay_id }: FetchResponse["events"][number],
    session: SalesforceSession,
    context: CallContext,
  ): Promise<ReceivedEvent> {
    const replayId = replay_id.toString("base64");
    if (event === null) return { replayId, header: null };
    const known = readers.get(event.schema_id);
    try {
      const reader =
        known ?? createHeaderReader(await api.schema(event.schema_id, session, context));
      readers.set(event.schema_id, reader);
      return { replayId, header: reader(event.payload) };
    } catch (error) {
      if (isConnectorError(error)) throw error;
      // One event that does not read must not stop the others: what it hints at is polled for.
      context.log({
        message: `a change event does not read with its schema ${event.schema_id}`,
        reason: error instanceof Error ? error.message : String(error),
      });
      return { replayId, header: null };
    }
  }

  return {
    async beginAtTip(context) {
      if (resting !== null && now() < resting.untilMs) {
        return { kind: "failed", error: resting.error };
      }
      try {
        let stream = open;
        if (stream === null || stream.offered !== null || !isAlive(stream)) {
          stream = await beginWith(await sessions.current(context.log), context);
        }
        if (stream.failure?.detail.category === "auth_expired") {
          stream = await beginWith(await sessions.renewed(stream.session, context.log), context);
        }
        if (stream.failure === null) {
          const { standsSinceMs: sinceMs } = stream;
          return sinceMs === null ? { kind: "pending" } : { kind: "standing", sinceMs };
        }
        resting = rest(settled(stream.failure));
        return { kind: "failed", error: resting.error };
      } catch (error) {
        const what = "Subscribing to change events";
        return { kind: "failed", error: toConnectorError(error, { isWrite: false, what }) };
      }
    },
    async take({ after }, context) {
      if (resting !== null && now() < resting.untilMs)
        return { kind: "failed", error: resting.error };
      for (let attempt = 0; ; attempt += 1) {
        try {
          const stream = await standing(after, context);
          if (stream === "lost") return { kind: "lost" };
          const taken = await takeFrom(stream, context);
          resting = null;
          return taken;
        } catch (thrown) {
          const error = toConnectorError(thrown, {
            isWrite: false,
            what: "Reading change events",
          });
          if (isPositionLost(error)) {
            drop();
            return { kind: "expired" };
          }
          // Streams are cut now and then, and tokens end: both are worth one more try at once.
          const isPassing = ["auth_expired", "transient"].includes(error.detail.category);
          if (attempt === 0 && isPassing && !context.signal.aborted) continue;
          drop();
          resting = rest(settled(error));
          return { kind: "failed", error: resting.error };
        }
      }
    },
    close() {
      drop();
      api.close();
    },
  };
}

/** A token that was just issued and is refused is not one that has ended. */
function settled(error: ConnectorError): ConnectorError {
  if (error.detail.category !== "auth_expired") return error;
  return connectorFailure({ ...error.detail, category: "auth_invalid", cause: error });
}
