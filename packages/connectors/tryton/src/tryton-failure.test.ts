import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fromTrytonRefusal } from "./tryton-failure.ts";

const recorded = z
  .record(z.string(), z.looseObject({ error: z.array(z.unknown()) }))
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, "fixtures/refusals.json"), "utf8")));

function detailOf(error: readonly unknown[], isWrite = true) {
  return fromTrytonRefusal({ error, isWrite, what: "A call" }).detail;
}

describe("recorded refusals", () => {
  it.each([
    ["a rule of the state machine", "conflict_stale"],
    ["a required value", "validation"],
    ["a frozen field", "validation"],
    ["a record that is not there", "validation"],
    ["too many digits", "validation"],
    ["a stale version", "conflict_stale"],
    ["an unknown model", "schema_drift"],
    ["an unknown field", "schema_drift"],
    ["no right to create", "permission"],
  ])("%s is %s", (name, category) => {
    expect(detailOf(recorded[name]?.error ?? []).category).toBe(category);
  });

  it("every recorded one is in the table above", () => {
    expect(Object.keys(recorded)).toHaveLength(9);
  });

  it("names the record and the field", () => {
    expect(detailOf(recorded["too many digits"]?.error ?? [])).toMatchObject({
      message: expect.stringContaining("exceeds the limit"),
      where: { record: "Sale Line 2\u00a0u [GTX-PRO] GTX Pro @ (2)", field: "Quantity" },
    });
  });
});

describe("what comes with a refusal", () => {
  it("the description of a domain, which can be a megabyte, is not shown", () => {
    const domain = [[["company", "=", null]], { company: { relation: "company.company" } }];
    const { message } = detailOf(["UserError", ["The value is not valid.", "", domain]]);
    expect(message).toBe("A call: Tryton says: The value is not valid.");
  });

  it("a traceback is not shown, and a long sentence is cut", () => {
    const { message } = detailOf(["division by zero", "Traceback: File /opt/secret/path.py"]);
    expect(message).not.toContain("Traceback");
    expect(detailOf(["UserError", ["x".repeat(5_000), ""]]).message.length).toBeLessThan(1_000);
  });

  it.each([[[]], [[null]], [["UserError"]], [["UserError", 7]], [["UserWarning", "text"]]])(
    "%j is a category and a sentence, not a crash",
    (error) => {
      expect(detailOf(error).message).toMatch(/^A call: Tryton/);
    },
  );
});

describe("an exception that Tryton did not foresee", () => {
  it("on a write may have come after the commit, on a read it changed nothing", () => {
    expect(detailOf(["boom", ""], true).category).toBe("outcome_unknown");
    expect(detailOf(["boom", ""], false).category).toBe("transient");
  });

  it.each(["database is locked", "could not serialize access", "deadlock detected"])(
    "“%s” is a lock",
    (text) => {
      expect(detailOf([text, ""]).category).toBe("conflict_locked");
    },
  );
});
