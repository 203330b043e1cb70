import { EventEmitter } from "node:events";
// biome-ignore lint/correctness/noUnresolvedImports: its `main` is a folder, which Biome does not follow.
import { Type } from "avsc";
import { describe, expect, it } from "vitest";
import { createChangeEventFeed } from "./change-event-feed.ts";
import type { FetchResponse, PubSubApi } from "./pubsub-api.ts";
import type { SalesforceSessions } from "./salesforce-session.ts";

const schema = {
  type: "record",
  name: "OpportunityChangeEvent",
  fields: [
    {
      name: "ChangeEventHeader",
      type: {
        type: "record",
        name: "ChangeEventHeader",
        fields: [
          { name: "entityName", type: "string" },
          { name: "recordIds", type: { type: "array", items: "string" } },
          { name: "changeType", type: "string" },
          { name: "changeOrigin", type: "string" },
          { name: "commitTimestamp", type: "long" },
          { name: "commitNumber", type: "long" },
        ],
      },
    },
  ],
};
const headerOf = (recordId: string) => ({
  entityName: "Opportunity",
  recordIds: [recordId],
  changeType: "UPDATE",
  changeOrigin: "",
  commitTimestamp: 1_795_000_000_000,
  commitNumber: 1,
});
const good = (recordId: string) =>
  Type.forSchema(JSON.parse(JSON.stringify(schema))).toBuffer({
    ChangeEventHeader: headerOf(recordId),
  });

/** A stream that says what the test says, and remembers what it was asked. */
function aFeed() {
  const streams: {
    readonly call: EventEmitter;
    readonly asked: Record<string, unknown>[];
    isCanceled: boolean;
  }[] = [];
  let nowMs = 0;
  let schemas = 0;
  const api: PubSubApi = {
    subscribe() {
      const call = new EventEmitter();
      const stream = { call, asked: [] as Record<string, unknown>[], isCanceled: false };
      streams.push(stream);
      setImmediate(() => call.emit("metadata"));
      return Object.assign(call, {
        write: (request: Record<string, unknown>) => stream.asked.push(request) > 0,
        cancel() {
          stream.isCanceled = true;
        },
      }) as unknown as ReturnType<PubSubApi["subscribe"]>;
    },
    topic: () => Promise.resolve({ can_subscribe: true }),
    schema() {
      schemas += 1;
      return Promise.resolve(JSON.stringify(schema));
    },
    close: () => undefined,
  };
  const session = { accessToken: "t", instanceUrl: "i", userId: null, organizationId: "o" };
  const sessions: SalesforceSessions = {
    current: () => Promise.resolve(session),
    renewed: () => Promise.resolve(session),
  };
  const feed = createChangeEventFeed({ api, sessions, now: () => nowMs });
  const logged: string[] = [];
  const context = {
    idempotencyKey: "k",
    deadline: 1e12,
    signal: new AbortController().signal,
    log: ({ message }: { message: string }) => void logged.push(message),
  };
  function say(...payloads: readonly Buffer[]) {
    const response: FetchResponse = {
      events: payloads.map((payload, at) => ({
        event: { schema_id: "s", payload },
        replay_id: Buffer.from([streams.length, at]),
      })),
      latest_replay_id: Buffer.from([99]),
    };
    streams.at(-1)?.call.emit("data", response);
  }
  return {
    feed,
    streams,
    context,
    logged,
    say,
    schemas: () => schemas,
    wait(ms: number) {
      nowMs += ms;
    },
  };
}

describe("the feed of change events", () => {
  it("one event that does not read is handed on as such, and the others are read", async () => {
    const { feed, context, say, logged, schemas } = aFeed();
    await feed.beginAtTip(context);
    say(good("006a"), Buffer.from([1, 2, 3]), good("006b"));
    const taken = await feed.take({ after: null }, context);
    expect(taken).toMatchObject({
      kind: "events",
      events: [
        { header: { recordIds: ["006a"] } },
        { header: null },
        { header: { recordIds: ["006b"] } },
      ],
    });
    expect(logged).toHaveLength(1);
    expect(schemas()).toBe(1);
  });

  it("asks for as many again as were taken, and for no more", async () => {
    const { feed, streams, context, say } = aFeed();
    await feed.beginAtTip(context);
    say(good("006a"), good("006b"));
    await feed.take({ after: null }, context);
    expect(streams[0]?.asked.map((one) => one["num_requested"])).toEqual([100, 2]);
  });

  it("a stream that has been silent for longer than the vendor ever is, is begun anew", async () => {
    const { feed, streams, context, say, wait } = aFeed();
    await feed.beginAtTip(context);
    say(good("006a"));
    const taken = await feed.take({ after: null }, context);
    const after = taken.kind === "events" ? taken.replayId : null;
    wait(301_000);
    setImmediate(() => {
      say(good("006b"));
    });
    expect(await feed.take({ after }, context)).toMatchObject({ kind: "events" });
    expect(streams).toHaveLength(2);
    expect(streams[0]?.isCanceled).toBe(true);
    expect(streams[1]?.asked[0]).toMatchObject({ replay_preset: "CUSTOM" });
  });

  it("without a position and without its stream it is lost, and says so", async () => {
    const { feed, context } = aFeed();
    expect(await feed.take({ after: null }, context)).toEqual({ kind: "lost" });
  });

  it("an empty response moves the position on only when nothing waits before it", async () => {
    const { feed, context, say } = aFeed();
    await feed.beginAtTip(context);
    say();
    say(good("006a"));
    const taken = await feed.take({ after: null }, context);
    expect(taken).toMatchObject({ replayId: Buffer.from([1, 0]).toString("base64") });
    say();
    const quiet = await feed.take(
      { after: taken.kind === "events" ? taken.replayId : null },
      context,
    );
    expect(quiet).toMatchObject({ events: [], replayId: Buffer.from([99]).toString("base64") });
  });
});
