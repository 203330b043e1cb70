import { join } from "node:path";
import { toWireCatalog } from "@usher/api-contract";
import type { Command } from "commander";
import { CliFailure } from "../cli-failure.ts";
import { expectOk } from "../hub.ts";
import { catalogOfProducts } from "../import/catalog-of-products.ts";
import { pipelineOfCsv } from "../import/pipeline-of-csv.ts";
import { readCrmCsv } from "../import/read-crm-csv.ts";
import { createSimulatorControl } from "../simulator-control.ts";
import type { CommandContext, RunCommand } from "./command-context.ts";

interface ImportOptions {
  readonly json?: boolean;
  readonly catalog: boolean;
}

/** `usher import crm-csv <folder>`: a published pipeline into the simulated Salesforce; the hub takes it from there by polling. */
export function addImportCommand(program: Command, run: RunCommand): void {
  program
    .command("import")
    .description("load data from elsewhere")
    .command("crm-csv")
    .description(
      "load accounts.csv, products.csv and sales_pipeline.csv into the simulated Salesforce",
    )
    .argument(
      "[folder]",
      "where the files are; default: crm-sales-opportunities in USHER_SAMPLE_DATA",
    )
    .option("--no-catalog", "do not publish a catalog made from products.csv first")
    .option("--json", "print one JSON document")
    .action((folder: string | undefined, options: ImportOptions) =>
      run(options, (context) =>
        importCrmCsv(context, { folder: folder ?? sampleFolder(context), options }),
      ),
    );
}

function sampleFolder({ config }: CommandContext): string {
  if (config.sampleData !== undefined) return join(config.sampleData, "crm-sales-opportunities");
  throw new CliFailure("No folder was given, and USHER_SAMPLE_DATA is not set.", {
    hint: "usher import crm-csv <folder with accounts.csv, products.csv and sales_pipeline.csv>",
  });
}

async function importCrmCsv(
  { config, hub, output }: CommandContext,
  input: { readonly folder: string; readonly options: ImportOptions },
): Promise<void> {
  const simulatorUrl = config.demo?.simulator["salesforce"]?.url;
  if (simulatorUrl === undefined) {
    throw new CliFailure("No simulated Salesforce is known here.", {
      hint: "Run `npm start` first.",
    });
  }
  const csv = readCrmCsv(input.folder);
  const won = csv.opportunities.filter((one) => one.deal_stage === "Won").length;
  output.say(
    `${csv.opportunities.length} opportunities, ${won} of them won, ${csv.accounts.length} accounts, ${csv.products.length} products.`,
  );
  if (input.options.catalog) {
    const published = expectOk(
      await hub().call("publishCatalog", { body: toWireCatalog(catalogOfProducts(csv.products)) }),
    );
    output.say(
      `Catalog version ${published.version} published: ${published.offerings.map((one) => one.sku).join(", ")}.`,
    );
  }
  const today = new Date().toISOString().slice(0, 10);
  const loaded = await createSimulatorControl(simulatorUrl).loadPipeline(
    pipelineOfCsv({ csv, today }),
  );
  output.answer(
    { ...loaded, won_in_file: won },
    () =>
      `Loaded ${loaded.opportunities} opportunities (${loaded.unchanged} were there already). The hub finds them by polling; \`usher order list\` shows them arrive.`,
  );
}
