import { Command } from "commander";
import { readConfig } from "./config.ts";
import { ensureTenantWithOperator } from "./ensure-tenant.ts";
import { migrate } from "./migrate.ts";
import { resealEverything } from "./reseal.ts";
import { rotateTenantKeys } from "./rotate-tenant-keys.ts";

interface JsonOption {
  readonly json?: boolean;
}

/** Prints the answer, or one sentence on stderr with exit code 2; never a stack trace. */
async function answer(
  options: JsonOption,
  work: () => Promise<{ readonly value: unknown; readonly sentence: string }>,
) {
  try {
    const { value, sentence } = await work();
    process.stdout.write(options.json ? `${JSON.stringify(value)}\n` : `${sentence}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
}

const program = new Command("usher-setup").description("What comes before the first API key.");

program
  .command("migrate")
  .description("bring the database to the schema of this version")
  .option("--check", "change nothing; exit code 1 when something is pending")
  .option("--json", "print one JSON document")
  .action((options: JsonOption & { readonly check?: boolean }) =>
    answer(options, async () => {
      const result = await migrate({ config: readConfig(), isCheck: options.check ?? false });
      if (!result.isUpToDate) process.exitCode = 1;
      return { value: result, sentence: result.sentence };
    }),
  );

program
  .command("tenant")
  .description(
    "make the tenant, its signing keys and its operator where they are missing; print a new operator key",
  )
  .requiredOption("--slug <slug>")
  .requiredOption("--name <name>")
  .requiredOption("--operator-email <email>")
  .option("--operator-name <name>", "the operator's name", "Operator")
  .option("--time-zone <zone>", "IANA time zone of the business", "UTC")
  .option("--without-key", "print no operator key")
  .option("--test-key", "mark the key as one for tests: usher_sk_test_…")
  .option("--json", "print one JSON document")
  .action(
    (
      options: JsonOption & {
        readonly slug: string;
        readonly name: string;
        readonly operatorEmail: string;
        readonly operatorName: string;
        readonly timeZone: string;
        readonly testKey?: boolean;
        readonly withoutKey?: boolean;
      },
    ) =>
      answer(options, async () => {
        const made = await ensureTenantWithOperator({
          config: readConfig(),
          now: Date.now(),
          tenant: { slug: options.slug, name: options.name, timeZone: options.timeZone },
          operator: { email: options.operatorEmail, name: options.operatorName },
          keyEnvironment: options.withoutKey ? null : options.testKey ? "test" : "live",
        });
        return {
          value: made,
          sentence:
            made.api_key === null
              ? `Tenant ${made.tenant_id}.`
              : `Tenant ${made.tenant_id}. Operator key, shown this once: ${made.api_key}`,
        };
      }),
  );

program
  .command("rotate-keys")
  .description(
    "let the next signing key sign; the one before stays published until its last token has ended",
  )
  .requiredOption("--slug <slug>", "the tenant")
  .option("--json", "print one JSON document")
  .action((options: JsonOption & { readonly slug: string }) =>
    answer(options, async () => {
      const isRotated = await rotateTenantKeys({
        config: readConfig(),
        slug: options.slug,
        now: Date.now(),
      });
      const sentence = isRotated
        ? "Rotated: the next key signs from now on."
        : "Not rotated: the next key has been published for less than a day, and verifiers may not know it yet.";
      return { value: { is_rotated: isRotated }, sentence };
    }),
  );

program
  .command("reseal")
  .description(
    "seal every secret (signing keys, connections, their tokens) by the first of the key-encryption keys; then the others may go",
  )
  .option("--json", "print one JSON document")
  .action((options: JsonOption) =>
    answer(options, async () => {
      const result = await resealEverything({ config: readConfig() });
      return {
        value: result,
        sentence: `Sealed ${result.secrets} secrets of ${result.tenants} tenants by the first key. Take the others out of USHER_KEY_ENCRYPTION_KEY everywhere.`,
      };
    }),
  );

await program.parseAsync();
