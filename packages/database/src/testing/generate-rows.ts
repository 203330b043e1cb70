import { Kysely, PostgresDialect } from "kysely";
import { PostgresDialect as CodegenDialect, generate } from "kysely-codegen";
import pg from "pg";

/** The row types of a migrated database, as TypeScript. Needs the owner's URL. */
export async function generateRows({
  databaseUrl,
}: {
  readonly databaseUrl: string;
}): Promise<string> {
  const db = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: databaseUrl, max: 2 }) }),
  });
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
