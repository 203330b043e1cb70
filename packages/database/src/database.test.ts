import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { afterEach, expect, it } from "vitest";
import { createDatabase, type Database } from "./database.ts";
import { createId } from "./ids.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

it.each([
  {
    what: "a transaction",
    use: (database: Database) =>
      database.withTenant({ tenantId: createId("tenant") }, async () => undefined),
  },
  {
    what: "exclusive work",
    use: (database: Database) => database.exclusively({ name: "anything" }, async () => undefined),
  },
  {
    what: "a ping",
    use: (database: Database) => database.ping(),
  },
])(
  "a server that shuts down as it lets $what in fails that and not the process",
  async ({ use }) => {
    const database = createDatabase({ url: await aServerThatShutsDown(), poolSize: 1 });
    stops.push(() => database.close());
    await expect(use(database)).rejects.toThrow(/terminat|not queryable|connection/i);
  },
);

/**
 * Lets every client in and tells it in the same breath that it is being shut down: the bytes of
 * PostgreSQL's own protocol (version 3.0, "Message Formats"), at the one instant that a real
 * server meets only by chance.
 */
async function aServerThatShutsDown(): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.end(Buffer.concat([authenticated, readyForQuery, adminShutdown]));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stops.push(
    () =>
      new Promise((resolve, reject) =>
        server.close((error) => (error ? reject(error) : resolve())),
      ),
  );
  return `postgres://anyone@127.0.0.1:${(server.address() as AddressInfo).port}/any`;
}

const authenticated = message("R", Buffer.from([0, 0, 0, 0]));
const readyForQuery = message("Z", Buffer.from("I"));
const adminShutdown = message(
  "E",
  Buffer.from("SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"),
);

function message(kind: string, content: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(kind);
  head.writeUInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}
