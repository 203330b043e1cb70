import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loopback } from "./free-port.ts";
import { findProjectFolder, temporalBinaryIn } from "./project-folder.ts";
import { startTemporal } from "./start-temporal.ts";

const folder = mkdtempSync(join(tmpdir(), "usher-temporal-"));
const logFile = join(folder, "temporal.log");
const binary = temporalBinaryIn(findProjectFolder());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("startTemporal", () => {
  it("has its namespace ready, its interface on loopback, and dodges a busy port", async () => {
    const busy = createServer();
    const port = await new Promise<number>((resolve) => {
      busy.listen(0, loopback, () => resolve((busy.address() as { port: number }).port));
    });
    const said: string[] = [];
    const server = await startTemporal({
      binary,
      storage: { kind: "file", path: join(folder, "temporal.db") },
      namespace: "tried",
      port,
      uiPort: port + 200,
      logFile,
      say: (sentence) => said.push(sentence),
    });
    try {
      expect(said[0]).toMatch(new RegExp(`Port ${port} is busy; Temporal uses \\d+ instead`));
      expect(server.address).not.toContain(String(port));
      // The interface connects to the server at its first request.
      const page = () =>
        fetch(`${server.uiUrl}/api/v1/namespaces/tried`).then(({ status }) => status);
      await expect.poll(page, { timeout: 10_000 }).toBe(200);
    } finally {
      await server.stop();
      busy.close();
    }
  });

  it("shows the end of its log when the server cannot start", async () => {
    const failure = await startTemporal({
      binary: "/bin/false",
      storage: { kind: "memory" },
      logFile,
    }).catch((error: Error) => error.message);
    expect(failure).toMatch(/Temporal ended while starting\. The end of its log/);
  });

  it("says how to get the server when it is not there", async () => {
    await expect(
      startTemporal({ binary: join(folder, "nothing"), storage: { kind: "memory" }, logFile }),
    ).rejects.toThrow(/expected the binary .*nothing.*npm start/);
  });

  it("explains a TEMPORAL_ADDRESS that nobody answers or that is none", async () => {
    const ask = (temporalAddress: string) =>
      startTemporal({ temporalAddress, binary, storage: { kind: "memory" }, logFile });
    await expect(ask("127.0.0.1:1")).rejects.toThrow(
      /TEMPORAL_ADDRESS is 127\.0\.0\.1:1, but nothing answers/,
    );
    await expect(ask("localhost")).rejects.toThrow(/must be host:port/);
  });
});
