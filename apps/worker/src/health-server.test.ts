import { Registry } from "prom-client";
import { afterEach, describe, expect, it } from "vitest";
import { type HealthServer, type ReadinessProbe, startHealthServer } from "./health-server.ts";

let server: HealthServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

describe("startHealthServer", () => {
  it("is ready when everything it needs is there", async () => {
    const answer = await readiness([{ name: "database", check: async () => undefined }]);
    expect(answer).toEqual({ status: 200, body: { status: "ready", database: "ok" } });
  });

  it("says what is missing and why", async () => {
    const check = async () => {
      throw new Error("connection refused");
    };
    expect(await readiness([{ name: "database", check }])).toEqual({
      status: 503,
      body: { status: "not ready", database: "connection refused" },
    });
  });

  it("is ready without what it can do without, and says what is missing", async () => {
    const check = async () => {
      throw new Error("one connector is broken");
    };
    expect(await readiness([{ name: "connectors", isRequired: false, check }])).toEqual({
      status: 200,
      body: { status: "ready", connectors: "one connector is broken" },
    });
  });

  it("names the port that is busy and what to set", async () => {
    server = await start([]);
    const port = Number(new URL(server.url).port);
    await expect(startHealthServer({ port, registry: new Registry(), probes: [] })).rejects.toThrow(
      /busy.*USHER_WORKER_HTTP_PORT/,
    );
  });
});

async function readiness(probes: readonly ReadinessProbe[]) {
  server = await start(probes);
  const response = await fetch(`${server.url}/readyz`);
  return { status: response.status, body: await response.json() };
}

async function start(probes: readonly ReadinessProbe[]): Promise<HealthServer> {
  return await startHealthServer({ port: 0, registry: new Registry(), probes });
}
