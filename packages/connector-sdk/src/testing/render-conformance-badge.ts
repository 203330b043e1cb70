import type { ConformanceReport } from "./conformance-report.ts";
import { renderScore } from "./render-conformance-table.ts";

/** A badge for a README: an image that needs no third party's server, and the text beside it. */
export interface ConformanceBadge {
  readonly svg: string;
  readonly markdown: string;
}

export const badgeFiles = { svg: "conformance.svg", markdown: "conformance.md" } as const;

const letterWidth = 6.6;

export function renderConformanceBadge(report: ConformanceReport): ConformanceBadge {
  const { score, isConformant, results } = report;
  const value = `${score.passed} of ${score.asked}`;
  const alt = `conformance ${value}`;
  const left = results.filter(({ outcome }) => outcome !== "passed" && outcome !== "beyond");
  return {
    svg: renderSvg({ label: "conformance", value, color: isConformant ? "#2e7d32" : "#b71c1c" }),
    markdown: [
      `![${alt}](${badgeFiles.svg})`,
      "",
      renderScore(report),
      ...(left.length === 0 ? [] : [""]),
      ...left.map(({ id, title, outcome, because }) =>
        [`- ${outcome}: ${id}. ${title}`, ...(because === null ? [] : [because])].join(" – "),
      ),
      "",
    ].join("\n"),
  };
}

function renderSvg(input: {
  readonly label: string;
  readonly value: string;
  readonly color: string;
}): string {
  const { label, value, color } = input;
  const widthOf = (text: string) => Math.round(text.length * letterWidth) + 14;
  const [left, right] = [widthOf(label), widthOf(value)];
  const width = left + right;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="20" role="img" aria-label="${label}: ${value}">
<title>${label}: ${value}</title>
<rect width="${left}" height="20" fill="#444"/>
<rect x="${left}" width="${right}" height="20" fill="${color}"/>
<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
<text x="${left / 2}" y="14">${label}</text>
<text x="${left + right / 2}" y="14">${value}</text>
</g>
</svg>
`;
}
