import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";
import { simulatorEnvironment } from "../../../apps/cli/src/index.ts";
import type { CallContext, Checkpoint } from "../../../packages/connector-sdk/src/spec/index.ts";
import { createSalesforceConnector } from "../../../packages/connectors/salesforce/src/index.ts";
import type { Benchmark } from "../benchmark.ts";
import { type HubStage, startHubStage } from "../stage/hub-stage.ts";

const wonDeals = 4_000;
const pageSize = 200;
const pagesMax = 100;
const salesforceApiVersion = "67.0";

/** The vendor's own client, in the very version that the connector uses. */
const { Connection } = createRequire(
  new URL("../../../packages/connectors/salesforce/package.json", import.meta.url),
)("jsforce/lib/connection.js") as {
  readonly Connection: new (
    options: Readonly<Record<"instanceUrl" | "accessToken" | "version", string>>,
  ) => { query(soql: string): Promise<{ readonly records: readonly { readonly Id: string }[] }> };
};

interface RecordedCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Pages a second of a full read through the Salesforce connector, against a bare client that makes the same calls. */
export const dealPagesBenchmark: Benchmark = {
  name: "deal-pages",
  about: `pages a second of a full read of ${wonDeals} won deals, against a bare client making the same calls`,
  async prepare() {
    const hub = await startHubStage({ hasWorker: false, hasVendors: true });
    try {
      await loadWonDeals(hub);
      const calls: RecordedCall[] = [];
      const connector = connectTo(hub, (call) => calls.push(call));
      await connector.readAll();
      const queries = calls.filter(({ url }) => url.includes("/query"));
      connector.stopRecording();

      const readBarely = async () => {
        const ids: string[] = [];
        for (const { url, headers } of queries) {
          const answer = await fetch(url, { headers });
          const { records } = (await answer.json()) as { records: readonly { Id: string }[] };
          ids.push(...records.map(({ Id }) => Id));
        }
        return { ids, pages: queries.length };
      };
      // jsforce as anybody would use it, with the token and the queries that the connector had.
      const client = new Connection({
        instanceUrl: simulatorOf(hub).url,
        accessToken: queries[0]?.headers["authorization"]?.replace("Bearer ", "") ?? "",
        version: salesforceApiVersion,
      });
      const readByClient = async () => {
        const ids: string[] = [];
        for (const { url } of queries) {
          const soql = new URL(url).searchParams.get("q") ?? "";
          const { records } = await client.query(soql);
          ids.push(...records.map(({ Id }) => Id));
        }
        return { ids, pages: queries.length };
      };
      const compareAnswers = async () => {
        const read = await connector.readAll();
        for (const other of [await readByClient(), await readBarely()]) {
          if (!isDeepStrictEqual(read.ids, other.ids) || new Set(read.ids).size !== wonDeals)
            throw new Error(
              `The connector read ${read.ids.length} deals, a loop ${other.ids.length}; expected ${wonDeals} of both, in the same order.`,
            );
        }
        return read.ids.length;
      };
      const subject = {
        name: "pages a second of the connector",
        measure: rateOf(connector.readAll),
      };
      return {
        comparisons: [
          {
            name: "deal-pages",
            subject,
            baseline: {
              name: "pages a second of the same queries by jsforce alone",
              measure: rateOf(readByClient),
            },
            better: "higher",
            goal: 0.8,
            stretch: 0.95,
            figure: "median",
            compareAnswers,
          },
          {
            name: "deal-pages-by-fetch",
            subject,
            baseline: {
              name: "pages a second of the same requests by fetch, without any client",
              measure: rateOf(readBarely),
            },
            better: "higher",
            goal: 0.8,
            stretch: null,
            figure: "median",
            compareAnswers,
          },
        ],
        stop: () => hub.stop(),
      };
    } catch (error) {
      await hub.stop();
      throw error;
    }
  },
};

interface FullRead {
  readonly ids: readonly string[];
  readonly pages: number;
}

function rateOf(readAll: () => Promise<FullRead>) {
  return async (milliseconds: number) => {
    const began = performance.now();
    let pages = 0;
    do pages += (await readAll()).pages;
    while (performance.now() - began < milliseconds);
    return (pages * 1_000) / (performance.now() - began);
  };
}

function connectTo(hub: HubStage, onCall: (call: RecordedCall) => void) {
  const url = simulatorOf(hub).url;
  let isRecording = true;
  const recordingFetch: typeof fetch = async (input, init) => {
    if (isRecording) {
      const request = new Request(input, init);
      onCall({ url: request.url, headers: Object.fromEntries(request.headers) });
    }
    return await fetch(input, init);
  };
  const { crm } = createSalesforceConnector().connect(
    {
      connectionId: "con_bench",
      config: {
        authKind: "client_credentials",
        loginUrl: url,
        instanceUrl: url,
        clientId: simulatorEnvironment.SIMULATOR_SALESFORCE_CLIENT_ID,
        clientSecret: simulatorEnvironment.SIMULATOR_SALESFORCE_CLIENT_SECRET,
        currency: "USD",
        pageSize,
      },
    },
    { fetch: recordingFetch, now: Date.now },
  );
  if (crm === null) throw new Error("Salesforce is a CRM.");
  return {
    stopRecording() {
      isRecording = false;
    },
    async readAll(): Promise<FullRead> {
      const ids: string[] = [];
      let checkpoint: Checkpoint | null = null;
      for (let pages = 1; pages <= pagesMax; pages += 1) {
        const page = await crm.readChanges({ checkpoint }, aContext());
        ids.push(...page.changes.map(({ dealId }) => dealId));
        checkpoint = page.checkpoint;
        if (!page.hasMore) return { ids, pages };
      }
      throw new Error(`The read had not ended after ${pagesMax} pages.`);
    },
  };
}

function aContext(): CallContext {
  return {
    idempotencyKey: "bench",
    deadline: Date.now() + 60_000,
    signal: new AbortController().signal,
    log: () => undefined,
  };
}

async function loadWonDeals(hub: HubStage): Promise<void> {
  const today = new Date().toISOString().slice(0, 10);
  const { won } = await simulatorOf(hub).control.loadPipeline({
    accounts: [{ name: "Acme", country: "DE" }],
    products: [{ code: "PRO", name: "Pro", list_price: "480", family: "Pro" }],
    opportunities: Array.from({ length: wonDeals }, (_, index) => ({
      ref: `bench-${index}`,
      name: `Deal ${index}`,
      account: "Acme",
      owner: "Sam Seller",
      stage: "Won",
      close_date: today,
      lines: [{ product: "PRO", quantity: "1", unit_price: "480" }],
    })),
  });
  if (won !== wonDeals) throw new Error(`${won} deals were won in the simulator, not ${wonDeals}.`);
  // Salesforce's stamps have whole seconds, and what is younger than one is left for the next read.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
}

function simulatorOf(hub: HubStage) {
  if (hub.simulator === null) throw new Error("This hub runs without vendors.");
  return hub.simulator;
}
