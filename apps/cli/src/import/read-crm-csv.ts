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

/** Reads the three files of a pipeline export. Every fault names file, row and column; none is skipped. */
export function readCrmCsv(folder: string): CrmCsv {
  return {
    accounts: readRows({ folder, file: "accounts.csv", schema: accountRowSchema }),
    products: readRows({ folder, file: "products.csv", schema: productRowSchema }),
    opportunities: readRows({ folder, file: "sales_pipeline.csv", schema: opportunityRowSchema }),
  };
}

function readRows<Schema extends z.ZodType>(input: {
  readonly folder: string;
  readonly file: string;
  readonly schema: Schema;
}): readonly z.infer<Schema>[] {
  const path = join(input.folder, input.file);
  const rows: unknown[] = parse(readText(path), {
    columns: true,
    bom: true,
    trim: true,
    skip_empty_lines: true,
  });
  return rows.map((row, index) => {
    const parsed = input.schema.safeParse(row);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new CliFailure(
      `${path}, row ${index + 2}, column ${issue?.path.join(".") ?? "?"}: ${issue?.message ?? "not readable"}; got ${JSON.stringify(row)}.`,
    );
  });
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
