import { join } from "node:path";
import { toWireCatalog } from "@usher/api-contract";
import { type Command, Option } from "commander";
import { CliFailure } from "../cli-failure.ts";
import { expectOk } from "../hub.ts";
import { auditPipeline, type PipelineAudit } from "../import/audit-pipeline.ts";
import { catalogOfProducts } from "../import/catalog-of-products.ts";
import { pipelineOfCsv } from "../import/pipeline-of-csv.ts";
import { readCrmCsv } from "../import/read-crm-csv.ts";
import { renderTable } from "../output.ts";
import { createSimulatorControl, type SimulatedCrm, simulatedCrms } from "../simulator-control.ts";
import type { CommandContext, RunCommand } from "./command-context.ts";

interface CrmOption {
  readonly crm: SimulatedCrm;
}

interface ImportOptions extends CrmOption {
  readonly json?: boolean;
  readonly catalog: boolean;
}

/** `usher import crm-csv <folder>`: a published pipeline into the simulated Salesforce; the hub takes it from there by polling. */
export function addImportCommand(program: Command, run: RunCommand): void {
  const crmOption = () =>
    new Option("--crm <name>", "which simulated CRM").choices(simulatedCrms).default("salesforce");
  const load = program
    .command("import")
    .description("load data from elsewhere, and audit what became of it");
  load
    .command("audit")
    .description(
      "compare what the CRM sold, what was billed and what was granted, per product, to the cent and the unit",
    )
    .addOption(crmOption())
    .option("--json", "print one JSON document")
    .action((options: CrmOption & { readonly json?: boolean }) =>
      run(options, (context) => audit(context, options)),
    );
  load
    .command("crm-csv")
    .description("load accounts.csv, products.csv and sales_pipeline.csv into a simulated CRM")
    .argument(
      "[folder]",
      "where the files are; default: crm-sales-opportunities in USHER_SAMPLE_DATA",
    )
    .addOption(crmOption())
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

async function audit(context: CommandContext, { crm }: CrmOption): Promise<void> {
  const simulatorUrl = simulatorUrlOf(context, crm);
  const result = await auditPipeline({ hub: context.hub(), simulatorUrl, crm });
  context.output.answer(result, () => renderAudit(result));
  if (!result.agrees) process.exitCode = 1;
}

function renderAudit(result: PipelineAudit): string {
  const money = (minor: number) => (minor / 100).toFixed(2);
  const words = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([status, count]) => `${count} ${status}`)
      .join(", ");
  return [
    `${result.wonDeals} won deals in the CRM. Orders: ${words(result.ordersByStatus)}. Shown on the deals: ${words(result.dealsByStatus)}.`,
    renderTable({
      columns: ["product", "orders", "sold", "billed", "units sold", "billed", "granted", ""],
      rows: result.products.map((one) => [
        one.sku,
        String(one.orders),
        money(one.sold.minor),
        money(one.billed.minor),
        String(one.sold.quantity),
        String(one.billed.quantity),
        String(one.granted),
        one.agrees ? "agree" : "DIFFER",
      ]),
      empty: "Nothing was sold.",
    }),
    result.agrees
      ? "All books agree."
      : "The books do not agree (yet): orders may still be on their way.",
  ].join("\n");
}

function simulatorUrlOf({ config }: CommandContext, crm: SimulatedCrm): string {
  const url = config.demo?.simulator[crm]?.url;
  if (url !== undefined) return url;
  throw new CliFailure(`No simulated ${crm} is known here.`, {
    hint: "Run `npm start` first.",
  });
}

async function importCrmCsv(
  context: CommandContext,
  input: { readonly folder: string; readonly options: ImportOptions },
): Promise<void> {
  const { hub, output } = context;
  const { crm } = input.options;
  const simulatorUrl = simulatorUrlOf(context, crm);
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
  const loaded = await createSimulatorControl(simulatorUrl, crm).loadPipeline(
    pipelineOfCsv({ csv, today }),
  );
  output.answer(
    { ...loaded, won_in_file: won },
    () =>
      `Loaded ${loaded.opportunities} opportunities (${loaded.unchanged} were there already). The hub finds them by polling; \`usher order list\` shows them arrive.`,
  );
}
