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

function faultOf(): string {
  try {
    readCrmCsv(folder);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("The files were read.");
}

it("every row that cannot be read is named with file, line and column, all at once", () => {
  writePipeline(
    "A1,Ann,Pro,Acme,Won,10/20/2016,3/1/2017,500",
    "A2,Ann,Pro,Acme,Won,10/20/2016,2017-03-01,500",
    "A3,Ann,Pro,Acme,Bought,10/20/2016,3/1/2017,much",
  );
  expect(faultOf().split("\n")).toEqual([
    expect.stringMatching(
      /sales_pipeline\.csv, line 3, column close_date: expected a date like .*; got "2017-03-01"/,
    ),
    expect.stringMatching(/line 4, column deal_stage: .*; got "Bought"/),
    expect.stringMatching(/line 4, column close_value: expected a number like .*; got "much"/),
  ]);
});

it("an opportunity of an account that is not there, or with another one's id, is told before anything is loaded", () => {
  writePipeline(
    "A1,Ann,Pro,Acme,Won,10/20/2016,3/1/2017,500",
    "A1,Ann,Pro,Isdom,Won,10/20/2016,3/1/2017,500",
  );
  expect(faultOf()).toMatch(/line 3, column account: “Isdom” is not in accounts\.csv/);
  expect(faultOf()).toMatch(/line 3, column opportunity_id: “A1” is the id of line 2 as well/);
});

it("a file that is cut off in the middle of a row is named with the line", () => {
  writePipeline("A1,Ann,Pro");
  expect(faultOf()).toMatch(/sales_pipeline\.csv is no well-formed CSV: .*line 2/);
});

it("a file of faults shows ten of them, and how many more there are", () => {
  writePipeline(...Array.from({ length: 25 }, (_, index) => `A${index},Ann,Pro,Acme,Won,,,much`));
  expect(faultOf()).toMatch(/… and 15 more\.$/);
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
