import type { CheckOutcome, ConformanceReport } from "./conformance-report.ts";
import { renderFault } from "./render-fault.ts";

const marks: Readonly<Record<CheckOutcome, string>> = {
  passed: "✓",
  failed: "✗",
  beyond: "–",
  skipped: "○",
  unproven: "?",
};

/** The report for a terminal: a row a check by chapter, then every fault, then the score. */
export function renderConformanceTable(
  report: ConformanceReport,
  paint: (outcome: CheckOutcome, text: string) => string = (_, text) => text,
): string {
  const lines: string[] = [];
  let chapter = "";
  for (const result of report.results) {
    if (result.chapter !== chapter) {
      chapter = result.chapter;
      lines.push("", chapter);
    }
    const { id, outcome, title, because, ms } = result;
    const took = because === null ? `${String(ms).padStart(5)} ms` : outcome.padStart(8);
    lines.push(
      paint(outcome, `  ${marks[outcome]} ${String(id).padStart(2)} ${took}  ${title}`) +
        (because === null ? "" : `\n                 ${because}`),
    );
  }
  for (const { id, title, fault } of report.results) {
    if (fault === null) continue;
    lines.push("", paint("failed", `✗ ${id}. ${title}`), indent(renderFault(fault)));
  }
  return [...lines, "", renderScore(report)].join("\n").replace(/^\n/, "");
}

/** `acme 0.1.0: 46 of 46 checks in 3.1 s, against the fake Acme; 4 beyond it.` */
export function renderScore(report: ConformanceReport): string {
  const { name, version, peer, score, elapsedMs, results } = report;
  const count = (outcome: CheckOutcome) => results.filter((one) => one.outcome === outcome).length;
  const rest = (["beyond", "skipped", "unproven", "failed"] as const)
    .map((outcome) => [outcome, count(outcome)] as const)
    .filter(([, number]) => number > 0)
    .map(([outcome, number]) => `${number} ${outcome === "beyond" ? "beyond it" : outcome}`);
  const seconds = (elapsedMs / 1000).toFixed(1);
  return `${name}${version === null ? "" : ` ${version}`}: ${score.passed} of ${score.asked} checks in ${seconds} s, against ${peer}${rest.length === 0 ? "" : `; ${rest.join(", ")}`}.`;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "    ");
}
