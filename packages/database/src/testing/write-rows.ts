import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "@usher/local-services";
import { migrateToLatest } from "../migrate.ts";
import { generateRows } from "./generate-rows.ts";

// `pnpm --filter @usher/database generate`: a fresh PostgreSQL, migrated, read, thrown away.
const folder = mkdtempSync(join(tmpdir(), "usher-rows-"));
const postgres = await startPostgres({ dataFolder: join(folder, "postgres"), durability: "test" });
try {
  const { databaseUrl } = postgres;
  await migrateToLatest({ databaseUrl });
  const rows = await generateRows({ databaseUrl });
  writeFileSync(new URL("../generated/rows.ts", import.meta.url), rows);
} finally {
  await postgres.discard();
  rmSync(folder, { recursive: true, force: true });
}
