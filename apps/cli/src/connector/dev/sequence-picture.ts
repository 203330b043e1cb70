import { html, type Markup } from "./html.ts";
import type { SceneStep } from "./scene.ts";

const lanes = ["vendor", "connector", "hub"] as const;
const laneWidth = 340;
const rowHeight = 44;
const left = 90;
const top = 46;

/**
 * Who told whom what, from top to bottom; a failure is a broken line and says its category. Where
 * the window is too narrow for a picture, the same as a list.
 */
export function sequencePicture(input: {
  readonly vendor: string;
  readonly steps: readonly SceneStep[];
}): Markup {
  const { vendor, steps } = input;
  const height = top + Math.max(steps.length, 1) * rowHeight + 16;
  const width = left * 2 + laneWidth * (lanes.length - 1);
  const names = { vendor, connector: "connector", hub: "hub" };
  const words = steps.map(
    ({ from, to, label, error }) =>
      `${names[from]} to ${names[to]}: ${label}${error === null ? "" : `, ${error.category}`}`,
  );
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="100%" role="img" aria-label="${words.join("; ")}">
${lanes.map(
  (
    lane,
  ) => html`<text class="lane" x="${xOf(lane)}" y="20" text-anchor="middle">${names[lane]}</text>
<line class="life" x1="${xOf(lane)}" y1="30" x2="${xOf(lane)}" y2="${height - 8}"/>`,
)}
${steps.map((step, index) => arrow(step, top + index * rowHeight + 22))}
</svg>
<ol class="story">${steps.map(
    (step) =>
      html`<li class="${step.outcome}"><strong>${names[step.from]} → ${names[step.to]}</strong> ${told(step)}</li>`,
  )}</ol>`;
}

function xOf(lane: (typeof lanes)[number]): number {
  return left + lanes.indexOf(lane) * laneWidth;
}

function told({ label, error, calls }: SceneStep): string {
  if (error !== null) return `${label}: ${error.category}`;
  if (calls.length === 0) return label;
  return `${label} (${calls.length} ${calls.length === 1 ? "call" : "calls"})`;
}

function arrow(step: SceneStep, y: number): Markup {
  const { from, to, outcome } = step;
  const [start, end] = [xOf(from), xOf(to)];
  const back = end > start ? -8 : 8;
  return html`<line class="${outcome}" x1="${start}" y1="${y}" x2="${end}" y2="${y}"/>
<path class="head ${outcome}" d="M${end} ${y} l${back} -5 v10 z"/>
<text x="${(start + end) / 2}" y="${y - 7}" text-anchor="middle">${told(step)}</text>
`;
}
