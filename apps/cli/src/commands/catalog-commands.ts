import type { WireCatalogDiff } from "@usher/api-contract";
import type { Command } from "commander";
import colors from "picocolors";
import { loadCatalogFile } from "../catalog/load-catalog-file.ts";
import { expectOk } from "../hub.ts";
import type { RunCommand } from "./command-context.ts";

interface JsonOption {
  readonly json?: boolean;
}

/** `usher catalog show|diff|push|alias` */
export function addCatalogCommands(program: Command, run: RunCommand): void {
  const catalog = program.command("catalog").description("what is sold, and what it grants");

  catalog
    .command("show")
    .description("the catalog in force")
    .option("--json", "print one JSON document")
    .action((options: JsonOption) =>
      run(options, async ({ hub, output }) => {
        const published = expectOk(await hub().call("getCatalog"));
        output.answer(published, () =>
          [
            `Version ${published.version}, published ${published.published_at}`,
            ...published.offerings.map((one) => `  ${one.sku} v${one.version}: ${one.name}`),
            ...published.aliases.map(
              (one) => `  ${one.product_code} means ${one.sku} (${one.system ?? "every system"})`,
            ),
          ].join("\n"),
        );
      }),
    );

  catalog
    .command("diff")
    .description("what publishing a catalog file would change, and for which customers")
    .argument("<file>", "a TypeScript file whose default export is a catalog")
    .option("--json", "print one JSON document")
    .option("--exit-code", "exit with 1 when there is a difference")
    .action((file: string, options: JsonOption & { readonly exitCode?: boolean }) =>
      run(options, async ({ hub, output }) => {
        const diff = expectOk(
          await hub().call("diffCatalog", { body: await loadCatalogFile(file) }),
        );
        output.answer(diff, () => renderDiff(diff));
        if (options.exitCode && !diff.is_empty) process.exitCode = 1;
      }),
    );

  catalog
    .command("push")
    .description("publish a catalog file; running orders keep the version they were sold")
    .argument("<file>")
    .option("--json", "print one JSON document")
    .action((file: string, options: JsonOption) =>
      run(options, async ({ hub, output }) => {
        const body = await loadCatalogFile(file);
        const diff = expectOk(await hub().call("diffCatalog", { body }));
        if (diff.is_empty) return output.answer({ diff }, () => renderDiff(diff));
        const published = expectOk(await hub().call("publishCatalog", { body }));
        output.answer({ diff, version: published.version }, () =>
          [renderDiff(diff), `Published as version ${published.version}.`].join("\n"),
        );
      }),
    );

  catalog
    .command("alias")
    .description(
      "say that a CRM's product code means one of our skus; orders that wait for it go on",
    )
    .argument("<product-code>")
    .argument("<sku>")
    .option("--system <name>", "only for this CRM")
    .option("--json", "print one JSON document")
    .action(
      (productCode: string, sku: string, options: JsonOption & { readonly system?: string }) =>
        run(options, async ({ hub, output }) => {
          const added = expectOk(
            await hub().call("addAlias", {
              body: { system: options.system ?? null, product_code: productCode, sku },
            }),
          );
          output.answer(
            added,
            () => `${productCode} means ${sku}. ${added.orders_woken} orders go on.`,
          );
        }),
    );
}

const paint: Readonly<Record<string, (line: string) => string>> = {
  "+": colors.green,
  "~": colors.yellow,
  "-": colors.red,
};

function renderDiff(diff: WireCatalogDiff): string {
  if (diff.is_empty) return "No difference: what is published is what the file says.";
  const { count, names } = diff.customers_touched;
  const more = count > names.length ? ` and ${count - names.length} more` : "";
  return [
    ...diff.lines.map((line) => (paint[line.charAt(0)] ?? String)(line)),
    count === 0
      ? "No customer holds what changes."
      : `Touches ${count} ${count === 1 ? "customer" : "customers"}: ${names.join(", ")}${more}.`,
    ...(diff.orders_unblocked === 0 ? [] : [`Lets ${diff.orders_unblocked} waiting orders go on.`]),
  ].join("\n");
}
