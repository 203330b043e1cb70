import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, expect, it } from "vitest";
import { startFaultProxy } from "./fault-proxy.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

it.each([
  ["for whoever lets it", (asked: string) => /gzip/.test(asked)],
  ["whatever it was asked for", () => true],
])("brings a large answer whole from a peer that compresses %s", async (_, compresses) => {
  const text = JSON.stringify({ texts: Array.from({ length: 2_000 }, (_, at) => `Ærø ${at}`) });
  const peer = createServer((request, response) => {
    const isCompressed = compresses(String(request.headers["accept-encoding"]));
    response.writeHead(200, isCompressed ? { "content-encoding": "gzip" } : {});
    response.end(isCompressed ? gzipSync(text) : text);
  });
  await new Promise<void>((resolve) => peer.listen(0, "127.0.0.1", resolve));
  const proxy = await startFaultProxy({
    peerUrl: `http://127.0.0.1:${(peer.address() as AddressInfo).port}`,
  });
  closing.push(proxy.close, () => new Promise((resolve) => peer.close(() => resolve())));
  const answer = await fetch(proxy.url, { headers: { "accept-encoding": "gzip" } });
  expect(await answer.text()).toBe(text);
});
