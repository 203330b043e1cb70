import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { pipelineOfCsv } from "./pipeline-of-csv.ts";
import { readCrmCsv } from "./read-crm-csv.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "usher-csv-"));
  writeFileSync(join(folder, "accounts.csv"), "account,sector,office_location\nAcme,x,Germany\n");
  writeFileSync(join(folder, "products.csv"), "product,series,sales_price\nPro,P,550\n");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const header =
  "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value";
const writePipeline = (...rows: readonly string[]) =>
  writeFileSync(join(folder, "sales_pipeline.csv"), `${[header, ...rows].join("\n")}\n`);

it("a row that cannot be read is named with file, row and column, and nothing is skipped", () => {
  writePipeline(
    "A1,Ann,Pro,Acme,Won,10/20/2016,3/1/2017,500",
    "A2,Ann,Pro,Acme,Won,10/20/2016,2017-03-01,500",
  );
  expect(() => readCrmCsv(folder)).toThrow(/sales_pipeline\.csv, row 3, column close_date/);
});

it("a missing file is named with what the folder should hold", () => {
  expect(() => readCrmCsv(folder)).toThrow(/sales_pipeline\.csv could not be read/);
});

it("an open opportunity without account and dates is loaded as one", () => {
  writePipeline("A1,Ann,Pro,,Engaging,,,", "A2,Ann,Pro,Acme,Won,10/20/2016,3/1/2017,500");
  const { opportunities } = pipelineOfCsv({ csv: readCrmCsv(folder), today: "2026-11-24" });
  expect(opportunities).toMatchObject([
    { ref: "A1", account: null, stage: "Engaging", close_date: null },
    {
      ref: "A2",
      close_date: "2026-03-01",
      lines: [{ quantity: "1", unit_price: "500", list_price: "550", starts_on: "2026-03-01" }],
    },
  ]);
});
