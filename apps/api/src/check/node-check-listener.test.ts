import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { toOctets } from "./answer-text.ts";
import { createNodeCheckListener } from "./node-check-listener.ts";

const body = toOctets('{"allowed":true}');
const reply = { status: 200, headers: [], body, release: null };
let server: Server;
beforeAll(async () => {
  const take = createNodeCheckListener({ answer: () => reply, refuse: () => reply });
  server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

async function traceparentFor(sent: string): Promise<string | null> {
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/v1/check`, {
    method: "POST",
    headers: { traceparent: sent },
    body: "{}",
  });
  expect(await answer.text()).toBe(body);
  return answer.headers.get("traceparent");
}

it("goes on with the caller's trace under a span of its own, and starts one where a broken one came", async () => {
  const trace = "0af7651916cd43dd8448eb211c80319c";
  const kept = await traceparentFor(`00-${trace}-b7ad6b7169203331-01`);
  expect(kept).toMatch(new RegExp(`^00-${trace}-[\\da-f]{16}-01$`));
  expect(kept).not.toContain("b7ad6b7169203331");
  expect(await traceparentFor("anything")).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-00$/);
});
