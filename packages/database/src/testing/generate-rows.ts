import { Kysely, PostgresDialect } from "kysely";
import { PostgresDialect as CodegenDialect, generate } from "kysely-codegen";
import pg from "pg";

/** The row types of a migrated database, as TypeScript. Needs the owner's URL. */
export async function generateRows({
  databaseUrl,
}: {
  readonly databaseUrl: string;
}): Promise<string> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  // Its connections close a moment after the pool has ended, and may still hear the server go.
  pool.on("error", () => undefined);
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    return await generate({
      db,
      dialect: new CodegenDialect({ dateParser: "string" }),
      defaultSchemas: ["public"],
      includePattern: "public.*",
      // The pool of `createDatabase` reads int8 as a number and refuses what is not a safe integer.
      typeMapping: { int8: "number" },
      singularize: true,
      typeOnlyImports: true,
      outFile: null,
    });
  } finally {
    await db.destroy();
  }
}
