import type { Connection } from "jsforce/lib/connection.js";
import PubSubApiClient from "salesforce-pubsub-api-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningSimulator, startSimulator } from "../../index.ts";
import { makeSelfSignedCertificate } from "../../testing/self-signed-certificate.ts";
import { connectJsforce } from "../../testing/vendor-clients.ts";

const topic = "/data/OpportunityChangeEvent";
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** What the client tells its callback of. */
interface Told {
  readonly type: string;
  readonly data: unknown;
}

interface ToldEvent {
  readonly replayId: number;
  readonly payload: {
    readonly Name?: string | null;
    readonly NextStep?: string | null;
    readonly ChangeEventHeader: {
      readonly changeType: string;
      readonly recordIds: readonly string[];
      readonly changeOrigin: string;
      readonly changedFields: readonly string[];
    };
  };
}

let simulator: RunningSimulator;
let crm: Connection;
const clients: { readonly client: PubSubApiClient; readonly told: readonly Told[] }[] = [];

beforeAll(async () => {
  simulator = await startSimulator({
    salesforce: { changeDataCapture: ["Opportunity"] },
    pubSub: { port: 0, keepAliveMs: 50, tls: makeSelfSignedCertificate() },
  });
  crm = await connectJsforce(simulator);
});
afterAll(async () => {
  await simulator.stop();
  // Closed under a living stream, the client lets the cancelation escape: its streams end first.
  const isOver = ({ type }: Told) => type === "error" || type === "end";
  await eventually(() => clients.every(({ told }) => told.some(isOver)));
  for (const { client } of clients) client.close();
});

/** The client that developers of Salesforce integrations use, unchanged. */
async function subscriber(accessToken = crm.accessToken ?? "") {
  const client = new PubSubApiClient(
    {
      authType: "user-supplied",
      accessToken,
      // A header of the call only: the client refuses plain http here.
      instanceUrl: "https://usher.my.salesforce.com",
      organizationId: simulator.parts.org.settings().organizationId,
      pubSubEndpoint: new URL(simulator.salesforce.pubSub?.url ?? "").host,
      rejectUnauthorizedSsl: false,
    } as ConstructorParameters<typeof PubSubApiClient>[0],
    silent as ConstructorParameters<typeof PubSubApiClient>[1],
  );
  const told: Told[] = [];
  clients.push({ client, told });
  await client.connect();
  const tell = (_: unknown, type: string, data: unknown) => void told.push({ type, data });
  const events = () =>
    told.filter(({ type }) => type === "event").map(({ data }) => data as ToldEvent);
  return { client, told, tell, events };
}

async function eventually(isTrue: () => boolean) {
  const deadline = performance.now() + 10_000;
  while (!isTrue()) {
    if (performance.now() > deadline) throw new Error("it did not happen within 10 s");
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function create(Name: string): Promise<string> {
  const made = await crm
    .sobject("Opportunity")
    .create({ Name, StageName: "Closed Won", CloseDate: "2026-11-01" });
  return String(made.id);
}

describe("the event bus, by salesforce-pubsub-api-client", () => {
  it("tells of a change with header and values, in the org's own Avro schema", async () => {
    const { client, tell, events } = await subscriber();
    client.subscribe(topic, tell, 100);
    await eventually(() => (simulator.salesforce.pubSub?.subscriptions() ?? 0) > 0);
    const id = await create("told");
    await crm.sobject("Opportunity").update({ Id: id, NextStep: "call" });
    await eventually(() => events().length >= 2);
    const [created, updated] = events().filter(({ payload }) =>
      payload.ChangeEventHeader.recordIds.includes(id),
    );
    expect(created?.payload).toMatchObject({
      Name: "told",
      ChangeEventHeader: { changeType: "CREATE", recordIds: [id] },
    });
    expect(updated?.payload).toMatchObject({
      NextStep: "call",
      ChangeEventHeader: { changeType: "UPDATE", changedFields: ["LastModifiedDate", "NextStep"] },
    });
    expect(created?.payload.ChangeEventHeader.changeOrigin).toMatch(
      /^com\/salesforce\/api\/rest\/67\.0/,
    );
  });

  it("goes on behind a replay id", async () => {
    const first = await subscriber();
    first.client.subscribeFromEarliestEvent(topic, first.tell, 100);
    await create("one");
    await eventually(() => first.events().length > 0);
    const seen = first.events().at(-1)?.replayId ?? 0;
    const id = await create("two");
    const second = await subscriber();
    second.client.subscribeFromReplayId(topic, second.tell, 100, seen);
    await eventually(() => second.events().length > 0);
    expect(second.events().every(({ replayId }) => replayId > seen)).toBe(true);
    await eventually(() =>
      second.events().some(({ payload }) => payload.ChangeEventHeader.recordIds.includes(id)),
    );
  });

  it("sends no more than was asked for", async () => {
    const { client, tell, events, told } = await subscriber();
    for (let at = 0; at < 5; at += 1) await create(`n${at}`);
    client.subscribeFromEarliestEvent(topic, tell, 3);
    await eventually(() => told.some(({ type }) => type === "lastEvent"));
    expect(events()).toHaveLength(3);
  });

  it("keeps a quiet stream alive", async () => {
    const { client, tell, told } = await subscriber();
    client.subscribe(topic, tell, 100);
    await eventually(() => told.some(({ type }) => type === "grpcKeepAlive"));
  });

  it("says corrupted for a replay id it does not know", async () => {
    const { client, tell, told } = await subscriber();
    client.subscribeFromReplayId(topic, tell, 100, 1);
    await eventually(() => told.some(({ type }) => type === "error"));
    const error = told.find(({ type }) => type === "error")?.data as {
      readonly metadata: { get(name: string): readonly string[] };
    };
    expect(error.metadata.get("error-code")).toEqual([
      "sfdc.platform.eventbus.grpc.subscription.fetch.replayid.corrupted",
    ]);
  });

  it("takes no token that has ended", async () => {
    const { client, tell, told } = await subscriber("00D!gone");
    client.subscribe(topic, tell, 1);
    await eventually(() => told.some(({ type }) => type === "error"));
  });
});
