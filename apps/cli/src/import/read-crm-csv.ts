import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import type { z } from "zod";
import { CliFailure } from "../cli-failure.ts";
import {
  type AccountRow,
  accountRowSchema,
  type OpportunityRow,
  opportunityRowSchema,
  type ProductRow,
  productRowSchema,
} from "./crm-csv-rows.ts";

export interface CrmCsv {
  readonly accounts: readonly AccountRow[];
  readonly products: readonly ProductRow[];
  readonly opportunities: readonly OpportunityRow[];
}

const faultsShown = 10;

/**
 * Reads the three files of a pipeline export. Every fault is told at once, with file, row and
 * column, and one of them is enough for nothing to be loaded.
 */
export function readCrmCsv(folder: string): CrmCsv {
  const accounts = readRows({ folder, file: "accounts.csv", schema: accountRowSchema });
  const products = readRows({ folder, file: "products.csv", schema: productRowSchema });
  const pipeline = readRows({ folder, file: "sales_pipeline.csv", schema: opportunityRowSchema });
  const faults = [...accounts.faults, ...products.faults, ...pipeline.faults];
  // Which accounts there are is only known once all of them could be read.
  if (accounts.faults.length === 0) faults.push(...faultsBetween({ accounts, pipeline }));
  if (faults.length > 0) {
    const more = faults.length - faultsShown;
    const shown = faults.slice(0, faultsShown).join("\n");
    throw new CliFailure(more > 0 ? `${shown}\n… and ${more} more.` : shown, {
      hint: "Nothing was loaded. Correct the files and load them again.",
    });
  }
  return {
    accounts: accounts.rows.map(({ row }) => row),
    products: products.rows.map(({ row }) => row),
    opportunities: pipeline.rows.map(({ row }) => row),
  };
}

interface ReadFile<Row> {
  readonly path: string;
  /** The line of the file that a row ends on, as an editor counts. */
  readonly rows: readonly { readonly row: Row; readonly line: number }[];
  readonly faults: readonly string[];
}

/** Where two rows do not fit each other. */
function faultsBetween({
  accounts,
  pipeline,
}: {
  readonly accounts: ReadFile<AccountRow>;
  readonly pipeline: ReadFile<OpportunityRow>;
}): readonly string[] {
  const known = new Set(accounts.rows.map(({ row }) => row.account));
  const lineOf = new Map<string, number>();
  return pipeline.rows.flatMap(({ row, line }) => {
    const faults: string[] = [];
    const place = (column: string) => `${pipeline.path}, line ${line}, column ${column}`;
    if (row.account !== null && !known.has(row.account)) {
      faults.push(`${place("account")}: “${row.account}” is not in accounts.csv.`);
    }
    const before = lineOf.get(row.opportunity_id);
    if (before !== undefined) {
      faults.push(
        `${place("opportunity_id")}: “${row.opportunity_id}” is the id of line ${before} as well.`,
      );
    }
    lineOf.set(row.opportunity_id, line);
    return faults;
  });
}

function readRows<Schema extends z.ZodType>(input: {
  readonly folder: string;
  readonly file: string;
  readonly schema: Schema;
}): ReadFile<z.infer<Schema>> {
  const path = join(input.folder, input.file);
  const rows: { readonly row: z.infer<Schema>; readonly line: number }[] = [];
  const faults: string[] = [];
  for (const { record, info } of parseCsv(path)) {
    const parsed = input.schema.safeParse(record);
    if (parsed.success) rows.push({ row: parsed.data, line: info.lines });
    else
      for (const { path: column, message } of parsed.error.issues) {
        const name = column.join(".");
        const got = JSON.stringify((record as Readonly<Record<string, unknown>>)[name]);
        faults.push(
          `${path}, line ${info.lines}, column ${name}: ${message}; got ${got ?? "nothing"}.`,
        );
      }
  }
  return { path, rows, faults };
}

interface CsvRecord {
  readonly record: unknown;
  readonly info: { readonly lines: number };
}

function parseCsv(path: string): readonly CsvRecord[] {
  const text = readText(path);
  try {
    return parse(text, {
      columns: true,
      bom: true,
      trim: true,
      skip_empty_lines: true,
      info: true,
    }) as unknown as readonly CsvRecord[];
  } catch (cause) {
    throw new CliFailure(`${path} is no well-formed CSV: ${(cause as Error).message}.`, {
      hint: "Nothing was loaded. Correct the file and load it again.",
      cause,
    });
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new CliFailure(`${path} could not be read.`, {
      hint: "Expected a folder with accounts.csv, products.csv and sales_pipeline.csv.",
      cause,
    });
  }
}
