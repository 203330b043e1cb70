import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Peer, startPeer } from "@usher/connector-sdk/conformance";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createRedactor } from "./redact.ts";
import { type RecordingProxy, startRecordingProxy } from "./start-recording-proxy.ts";
import { writeFixture } from "./write-fixture.ts";

let folder: string;
let peer: Peer;
let proxy: RecordingProxy;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "usher-record-"));
  peer = await startPeer({
    routes: {
      "POST /oauth/token": () => ({
        headers: { "set-cookie": "sid=canary-cookie; HttpOnly" },
        body: { access_token: "canary-token", id_token: "eyJhbGciOiJub25lIn0.eyJjYW5hcnkiOjF9.x" },
      }),
      "GET /v1/deals/:id": ({ headers }) => ({
        body: {
          id: "42",
          amount: "12.50",
          owner: { email: "canary@person.example", phone: "+49 canary" },
          // As debugging endpoints do.
          echoed: headers["authorization"],
          note: "token canary-token given to canary@person.example",
        },
      }),
    },
  });
  const redactor = createRedactor({ secrets: ["canary-of-the-operator"] });
  proxy = await startRecordingProxy({
    target: new URL(peer.url),
    port: 0,
    onExchange: (exchange) => writeFixture({ exchange, redactor, folder }),
  });
});

afterEach(async () => {
  await proxy.close();
  await peer.close();
  rmSync(folder, { recursive: true });
});

it("real traffic becomes fixtures in which no seeded canary is left", async () => {
  const login = await fetch(`${proxy.url}/oauth/token`, {
    method: "POST",
    body: new URLSearchParams({ client_id: "me", client_secret: "canary-secret" }),
  });
  // The connector gets the answer as it came.
  expect(await login.json()).toMatchObject({ access_token: "canary-token" });
  const deal = await fetch(`${proxy.url}/v1/deals/42?api_key=canary-key&q=canary-of-the-operator`, {
    headers: { authorization: "Bearer canary-token", "x-acme-signature": "canary-signature" },
  });
  expect(await deal.json()).toMatchObject({ echoed: "Bearer canary-token" });

  const files = readdirSync(folder).sort();
  expect(files).toEqual(["get-v1-deals-42-200.json", "post-oauth-token-200.json"]);
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8"));
  for (const text of texts) expect(text).not.toContain("canary");
  expect(JSON.parse(texts[0] ?? "")).toMatchObject({
    request: { method: "GET", headers: { authorization: "(redacted)" } },
    answer: {
      status: 200,
      body: { id: "42", amount: "12.50", owner: { email: "person-1@example.com" } },
    },
  });
});

it("a server that cannot be reached is a 502 that says so", async () => {
  await peer.close();
  const answer = await fetch(`${proxy.url}/v1/deals/42`);
  expect(answer.status).toBe(502);
  expect(await answer.text()).toContain("could not reach");
});
