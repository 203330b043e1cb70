import { checkMigrations, migrateToLatest } from "@usher/database";
import type { SetupConfig } from "./config.ts";

export interface MigrateResult {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  readonly isUpToDate: boolean;
  readonly sentence: string;
}

/** Migrates, or with `isCheck` only tells what a migration would do. */
export async function migrate(input: {
  readonly config: SetupConfig;
  readonly isCheck: boolean;
}): Promise<MigrateResult> {
  const { databaseUrl, appPassword } = input.config;
  if (input.isCheck) {
    const { pending, unknown } = await checkMigrations({ databaseUrl });
    const isUpToDate = pending.length === 0 && unknown.length === 0;
    const sentence = isUpToDate
      ? "Nothing is pending."
      : [
          ...pending.map((name) => `${name} is pending: run \`migrate\`.`),
          ...unknown.map(
            (name) => `${name} was applied by a newer version: run that version instead.`,
          ),
        ].join("\n");
    return { applied: [], pending, isUpToDate, sentence };
  }
  const { applied } = await migrateToLatest({
    databaseUrl,
    ...(appPassword === undefined ? {} : { appPassword }),
  });
  const sentence =
    applied.length === 0 ? "The schema was up to date." : `Applied ${applied.join(", ")}.`;
  return { applied, pending: [], isUpToDate: true, sentence };
}
