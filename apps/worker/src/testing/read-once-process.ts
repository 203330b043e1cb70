import { once } from "node:events";
import { createDatabase } from "@usher/database";
import { openRegistry, readOnce } from "./open-registry.ts";

// A worker's way to one connection, as a process of its own: says that it is there, waits for a line,
// reads once, tells what came of it.
const { argv } = process;
const [databaseUrl = "", key = "", tenantId = "", connectionId = ""] = argv.slice(2);
const database = createDatabase({ url: databaseUrl, poolSize: 4 });
const registry = openRegistry({ database, key: Buffer.from(key, "base64") });
await database.ping();
process.stdout.write("there\n");
await once(process.stdin, "data");
process.stdout.write(`${await readOnce({ registry, tenantId, connectionId })}\n`);
await registry.close();
await database.close();
process.exit(0);
