import { createServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { findFreePort, loopback } from "./free-port.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

describe("findFreePort", () => {
  it("dodges a busy port and names both", async () => {
    const busy = await occupy();
    const said: string[] = [];
    const port = await findFreePort({
      wanted: busy,
      name: "PostgreSQL",
      say: (one) => said.push(one),
    });
    expect(port).toBeGreaterThan(busy);
    expect(said).toEqual([`Port ${busy} is busy; PostgreSQL uses ${port} instead.`]);
  });

  it("gives two parts two ports, though neither listens yet", async () => {
    const busy = await occupy();
    const say = () => undefined;
    const [one, other] = await Promise.all([
      findFreePort({ wanted: busy, name: "The hub", say }),
      findFreePort({ wanted: busy, name: "The simulator", say }),
    ]);
    expect(one).not.toBe(other);
    expect(await findFreePort({ wanted: one, name: "The worker", say })).not.toBe(one);
    expect(await findFreePort({ wanted: one, name: "The hub", say })).toBe(one);
  });

  it("gives no port that the system lends to whoever calls out, and none twice", async () => {
    const say = () => undefined;
    const ports = await Promise.all(
      Array.from({ length: 50 }, (_, index) => findFreePort({ name: `part ${index}`, say })),
    );
    expect(new Set(ports).size).toBe(50);
    for (const port of ports) expect(port).toBeLessThan(32_768);
  });

  it("takes the wanted port without a word when it is free", async () => {
    const free = await findFreePort({ name: "PostgreSQL", say: () => undefined });
    const said: string[] = [];
    expect(
      await findFreePort({ wanted: free, name: "PostgreSQL", say: (one) => said.push(one) }),
    ).toBe(free);
    expect(said).toEqual([]);
  });
});

function occupy(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    servers.push(server);
    server.listen(0, loopback, () => resolve((server.address() as { port: number }).port));
  });
}
