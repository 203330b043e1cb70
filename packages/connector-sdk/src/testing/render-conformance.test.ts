import { describe, expect, it } from "vitest";
import type { CheckResult, ConformanceReport } from "./conformance-report.ts";
import { renderConformanceBadge } from "./render-conformance-badge.ts";
import { renderConformanceTable } from "./render-conformance-table.ts";

const base = { chapter: "Reading", ms: 12, because: null, fault: null } as const;
const results: readonly CheckResult[] = [
  { ...base, id: 13, title: "A full read", outcome: "passed" },
  {
    ...base,
    id: 22,
    title: "Shapes",
    outcome: "failed",
    fault: {
      says: "The deal arrives as it was entered.",
      path: "deal.quantity",
      expected: "3",
      received: '"3.0"',
      at: "packages/connectors/acme/src/from-acme-deal.ts:31",
      fix: "Keep decimals.",
      docs: "docs/reference/conformance-checks.md#check-22",
    },
  },
  { ...base, id: 45, title: "Subscriptions", outcome: "beyond", because: "it keeps none" },
  { ...base, id: 46, title: "Window", outcome: "skipped", because: "the sandbox forgets nothing" },
];
const report: ConformanceReport = {
  name: "acme",
  version: "0.1.0",
  peer: "the fake Acme",
  elapsedMs: 3_140,
  score: { passed: 1, asked: 3 },
  isConformant: false,
  results,
};

describe("a report", () => {
  it("names of a fault the line, the field, the value and the page", () => {
    const table = renderConformanceTable(report);
    for (const { fault } of results) {
      if (fault === null) continue;
      for (const text of [fault.at, fault.path, fault.received, fault.docs, fault.fix]) {
        expect(table).toContain(text);
      }
    }
    expect(table).toContain("1 of 3 checks in 3.1 s");
  });

  it("shows the reason of every check that was left out", () => {
    expect(renderConformanceTable(report)).toContain("the sandbox forgets nothing");
    expect(renderConformanceBadge(report).markdown).toContain("the sandbox forgets nothing");
  });

  it("has a badge that calls no other server and says the score in words", () => {
    const { svg, markdown } = renderConformanceBadge(report);
    expect(markdown).toMatch(/^!\[conformance 1 of 3\]\(conformance\.svg\)/);
    expect(svg).toContain('aria-label="conformance: 1 of 3"');
    expect(svg.match(/https?:/g)).toEqual(["http:"]);
  });
});
