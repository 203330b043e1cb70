import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandLineOf } from "./process-identity.ts";
import { startPostgres } from "./start-postgres.ts";

// Under /var/tmp or /tmp every account may pass, as PostgreSQL needs when the tests run as root.
const parent = mkdtempSync(join(tmpdir(), "usher-postgres-"));
const dataFolder = join(parent, "open", "postgres");
const said: string[] = [];
const start = () =>
  startPostgres({ dataFolder, durability: "test", say: (sentence) => said.push(sentence) });

beforeAll(() => {
  // The parent lets nobody else in: as root, the case of a clone under /root.
  mkdirSync(join(parent, "open"));
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

describe("startPostgres", () => {
  it("keeps the data from one start to the next, wherever it had to put it", async () => {
    const first = await start();
    await query(first.databaseUrl, "create table kept as select 1 as n");
    await first.stop();
    const second = await start();
    expect(await query(second.databaseUrl, "select n from kept")).toEqual([{ n: 1 }]);
    expect(second.dataFolder).toBe(first.dataFolder);
    await second.stop();
  });

  it("begins anew when its folder was deleted", async () => {
    const first = await start();
    await query(first.databaseUrl, "create table forgotten as select 3 as n");
    await first.stop();
    rmSync(dataFolder, { recursive: true });
    const second = await start();
    const found = await query(second.databaseUrl, "select to_regclass('forgotten') as found");
    expect(found).toEqual([{ found: null }]);
    await second.stop();
  });

  it("listens on loopback only and without TLS", async () => {
    const server = await start();
    const settings = await query(
      server.databaseUrl,
      "select name, setting from pg_settings where name in ('listen_addresses', 'ssl', 'unix_socket_directories') order by name",
    );
    expect(settings.map(({ setting }) => setting)).toEqual(["127.0.0.1", "off", ""]);
    await server.stop();
  });

  it("starts after a kill -9 of the server with every committed row", async () => {
    const killed = await start();
    await query(killed.databaseUrl, "create table committed as select 2 as n");
    process.kill(killed.pid ?? 0, "SIGKILL");
    await expect.poll(() => commandLineOf(killed.pid ?? 0), { timeout: 10_000 }).toBe("");
    const again = await start();
    expect(await query(again.databaseUrl, "select n from committed")).toEqual([{ n: 2 }]);
    await again.stop();
  });

  it("leaves the PostgreSQL of another run alone, and says which run it is", async () => {
    const since = "2026-11-24T08:00:00.000Z";
    const commandLine = commandLineOf(process.ppid);
    writeFileSync(`${dataFolder}.run`, JSON.stringify({ pid: process.ppid, since, commandLine }));
    await expect(start()).rejects.toThrow(
      `already runs from ${join(parent, "open")} (process ${process.ppid}`,
    );
    rmSync(`${dataFolder}.run`);
  });

  it("does not mistake another program for a leftover of its own", async () => {
    const { dataFolder: place, stop } = await start();
    await stop();
    writeFileSync(join(place ?? "", "postmaster.pid"), `${process.pid}\n${place}\n`);
    const again = await start();
    expect(said.at(-1)).toMatch(
      new RegExp(`Removed .*postmaster.pid: .* process ${process.pid} is something else`),
    );
    await again.stop();
  });

  it("sets a folder of another version aside, says where, and deletes nothing", async () => {
    const { dataFolder: place = "", stop } = await start();
    await stop();
    writeFileSync(join(place, "PG_VERSION"), "9\n");
    const again = await start();
    const aside = readdirSync(join(place, "..")).find(
      (name) => name.startsWith("postgres") && name.includes("set-aside"),
    );
    expect(aside).toBeDefined();
    expect(readFileSync(join(place, "..", aside ?? "", "PG_VERSION"), "utf8")).toBe("9\n");
    expect(said.find((one) => one.includes(aside ?? "-"))).toMatch(
      /it is of PostgreSQL 9, this is PostgreSQL 18/,
    );
    rmSync(join(place, "..", aside ?? "-"), { recursive: true, force: true });
    await again.discard();
    expect(existsSync(place)).toBe(false);
  });

  it("explains a DATABASE_URL that nobody answers, and what to do", async () => {
    const databaseUrl = "postgresql://someone:secret@127.0.0.1:1/usher";
    const failure = await startPostgres({ databaseUrl, dataFolder, durability: "test" }).catch(
      (error: Error) => error.message,
    );
    expect(failure).toMatch(
      /DATABASE_URL is set, but no PostgreSQL answers there: .*ECONNREFUSED.*unset DATABASE_URL/,
    );
    expect(failure).not.toContain("secret");
  });
});

async function query(connectionString: string, text: string) {
  const client = new pg.Client({ connectionString });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}
