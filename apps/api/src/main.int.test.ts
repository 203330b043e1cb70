import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { addApiKey, createDatabase, ensureTenant } from "@usher/database";
import type { TimeZone } from "@usher/entitlement-core/kernel";
import { findFreePort, loopback } from "@usher/local-services";
import { createTestDatabase, type TestDatabase, testTemporal } from "@usher/test-kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "./testing/eventually.ts";

let database: TestDatabase;
let api: ChildProcess;
let url: string;
let key: string;
let output = "";

beforeAll(async () => {
  database = await createTestDatabase();
  const owner = createDatabase({ url: database.databaseUrl, poolSize: 2 });
  const tenantId = await ensureTenant(owner, {
    slug: "main",
    name: "Main",
    timeZone: "UTC" as TimeZone,
  });
  const made = await owner.withTenant({ tenantId }, (tx) =>
    addApiKey(tx, {
      environment: "test",
      name: "check",
      scopes: ["check", "orders:write"],
      userId: null,
      expiresAt: null,
    }),
  );
  key = made.secret;
  await owner.close();
  const port = await findFreePort({ name: "api", say: () => undefined });
  const temporal = testTemporal();
  url = `http://${loopback}:${port}`;
  api = spawn(process.execPath, [fileURLToPath(new URL("./main.ts", import.meta.url))], {
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      DATABASE_URL: database.appUrl,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      USHER_PAYLOAD_KEYS: `test:${randomBytes(32).toString("base64")}`,
      USHER_KEY_ENCRYPTION_KEY: randomBytes(32).toString("base64"),
      USHER_PUBLIC_URL: url,
      USHER_API_PORT: String(port),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  api.stdout?.on("data", (chunk) => (output += String(chunk)));
  api.stderr?.on("data", (chunk) => (output += String(chunk)));
});
afterAll(async () => {
  api.kill("SIGKILL");
  await database.drop();
});

describe("the API as a process", () => {
  it("becomes ready and says why of every part", async () => {
    const ready = await eventually(async () => {
      const response = await fetch(`${url}/readyz`);
      expect(response.status, output).toBe(200);
      return response.json() as Promise<{
        checks: { name: string; ok: boolean; detail: string }[];
      }>;
    });
    expect(ready.checks.map((check) => check.name)).toEqual([
      "database",
      "migrations",
      "temporal",
      "signing_key",
      "check_table",
      "connectors",
    ]);
    await eventually(async () => {
      const { checks } = (await (await fetch(`${url}/readyz`)).json()) as typeof ready;
      expect(checks.filter((check) => !check.ok)).toEqual([]);
    });
  });

  it("answers checks straight from Node's server", async () => {
    const response = await fetch(`${url}/v1/check`, {
      method: "POST",
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
      body: JSON.stringify({ customer: "ext:nobody", feature: "sso" }),
    });
    expect(await response.json()).toMatchObject({
      allowed: false,
      reason: "unknown_customer",
      source: "live",
    });
    expect(response.status).toBe(200);
    expect(response.headers.get("ratelimit")).toMatch(/^"checks";r=\d+;t=1$/);
  });

  it("cuts a chunked body off at the bound while it is still being sent", async () => {
    for (const path of ["/v1/check", "/v1/orders"]) {
      let sent = 0;
      const endless = new ReadableStream<Uint8Array>({
        pull(controller) {
          sent += 1;
          if (sent > 400) controller.close();
          else controller.enqueue(new Uint8Array(65_536).fill(32));
        },
      });
      const answer = await fetch(`${url}${path}`, {
        method: "POST",
        headers: {
          Authorization: `Bearer ${key}`,
          "Content-Type": "application/json",
          "Idempotency-Key": "endless",
        },
        body: endless,
        duplex: "half",
      } as RequestInit);
      expect(answer.status).toBe(413);
      // What this machine's network buffers took; the server itself read little beyond the bound.
      expect(sent).toBeLessThan(400);
    }
  });

  it("writes no secret into its log", () => {
    expect(output).not.toContain(key);
    expect(output).not.toContain(new URL(database.appUrl).password);
  });

  it("ends in order on SIGTERM", async () => {
    const ended = new Promise((resolve) => api.once("exit", resolve));
    api.kill("SIGTERM");
    expect(await ended, output).toBe(0);
  });
});
