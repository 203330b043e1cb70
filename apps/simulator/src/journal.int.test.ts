import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startReceiver, until } from "./testing/vendor-clients.ts";

const main = join(import.meta.dirname, "main.ts");
let folder: string;
const running: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "simulator-journal-"));
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, SIMULATOR_PORT: "0", SIMULATOR_JOURNAL: folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.push(child);
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const { url, msg } = JSON.parse(line) as { url?: string; msg: string };
    if (msg === "ready" && url !== undefined) return { url, child };
  }
  throw new Error("The simulator ended before it was ready.");
}

const post = (url: string, path: string, form: Record<string, string>, key: string) =>
  fetch(url + path, {
    method: "POST",
    headers: { authorization: "Bearer sk_test_usher_simulator", "idempotency-key": key },
    body: new URLSearchParams(form),
  });

describe("the process", () => {
  it("loses nothing it acknowledged when it is killed in the middle of work, and doubles nothing afterwards", async () => {
    const first = await start();
    const acknowledged = new Set<string>();
    let sent = 0;
    const client = async () => {
      for (;;) {
        const number = sent;
        sent += 1;
        const response = await post(
          first.url,
          "/v1/customers",
          { name: `C${number}` },
          `k${number}`,
        );
        if (response.ok) acknowledged.add(((await response.json()) as { id: string }).id);
      }
    };
    const clients = Promise.allSettled([client(), client(), client(), client()]);
    await until("two hundred customers", () => acknowledged.size >= 200);
    first.child.kill("SIGKILL");
    await clients;
    const second = await start();
    const ids = new Set<string>();
    for (let after = ""; ; ) {
      const url = `${second.url}/v1/customers?limit=100${after === "" ? "" : `&starting_after=${after}`}`;
      const page = (await (
        await fetch(url, { headers: { authorization: "Bearer sk_test_usher_simulator" } })
      ).json()) as { data: { id: string }[]; has_more: boolean };
      for (const { id } of page.data) ids.add(id);
      if (!page.has_more) break;
      after = page.data.at(-1)?.id ?? "";
    }
    expect([...acknowledged].filter((id) => !ids.has(id))).toEqual([]);
    // Every key is sent again, as a hub would that does not know what became of its calls.
    for (let number = 0; number < sent; number += 1) {
      expect(
        (await post(second.url, "/v1/customers", { name: `C${number}` }, `k${number}`)).status,
      ).toBe(200);
    }
    const summary = (await (await fetch(`${second.url}/control/state/summary`)).json()) as {
      stripe: { counts: { customers: number } };
    };
    expect(summary.stripe.counts.customers).toBe(sent);
  });

  it("delivers after a kill what it announced before it, and keeps sessions, faults and deals", async () => {
    const hub = await startReceiver();
    const first = await start();
    const send = (url: string, path: string, body: object, method = "POST") =>
      fetch(url + path, { method, body: JSON.stringify(body) });
    await send(first.url, "/control/webhooks", { vendor: "salesforce", url: hub.url, secret: "s" });
    await send(
      first.url,
      "/control/webhooks/behavior",
      { vendor: "salesforce", hold: true },
      "PATCH",
    );
    await send(first.url, "/control/faults", { vendor: "stripe", kind: "down" });
    const won = (await (
      await send(first.url, "/control/salesforce/deals", { account: { name: "Acme" }, lines: [] })
    ).json()) as { deal_id: string };
    const form = {
      grant_type: "client_credentials",
      client_id: "usher-client-id",
      client_secret: "usher-client-secret",
    };
    const token = (await (
      await fetch(`${first.url}/services/oauth2/token`, {
        method: "POST",
        body: new URLSearchParams(form),
      })
    ).json()) as { access_token: string };
    first.child.kill("SIGKILL");
    await once(first.child, "exit");
    const second = await start();
    await send(second.url, "/control/webhooks/release", { vendor: "salesforce" });
    await until("the held notification", () => hub.received.length === 1);
    expect(JSON.parse(hub.received[0]?.body ?? "{}")).toMatchObject({ record_id: won.deal_id });
    const read = await fetch(
      `${second.url}/services/data/v67.0/sobjects/Opportunity/${won.deal_id}`,
      { headers: { authorization: `Bearer ${token.access_token}` } },
    );
    expect(read.status).toBe(200);
    expect(await (await fetch(`${second.url}/control/faults`)).json()).toMatchObject({
      data: [{ kind: "down" }],
    });
    await hub.stop();
  });

  it("ends by itself on SIGTERM, with code 0", async () => {
    const { child } = await start();
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("moves a journal it cannot read aside, and starts empty", async () => {
    writeFileSync(join(folder, "journal.jsonl"), "of another time\n");
    const { url } = await start();
    expect((await fetch(`${url}/control/health`)).status).toBe(200);
    expect(readdirSync(folder).filter((name) => name.includes("unreadable"))).toHaveLength(1);
  });

  it("says in one line what is wrong with its environment, and ends with code 1", async () => {
    const child = spawn(process.execPath, [main], {
      env: { ...process.env, SIMULATOR_PORT: "many" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    running.push(child);
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    const [code] = (await once(child, "close")) as [number];
    expect(code).toBe(1);
    expect(Buffer.concat(chunks).toString()).toContain("SIMULATOR_PORT");
  });
});
