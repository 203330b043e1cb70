import { type Html, html } from "./html.ts";

export interface LimitBar {
  readonly label: string;
  readonly actual: number;
  readonly limit: number;
  readonly actualText: string;
  readonly limitText: string;
}

const width = 640;
const trackY = 20;

/** Actual against the limit of a rule: the bar ends at the actual value, the upright line stands at the limit. */
export function limitBar({ label, actual, limit, actualText, limitText }: LimitBar): Html {
  const most = Math.max(actual, limit) * 1.15 || 1;
  const at = (value: number) => Math.round((Math.max(0, value) / most) * width);
  const limitAt = at(limit);
  const isOver = actual > limit;
  return html`<svg class="bar" viewBox="0 0 ${width} 58" role="img" aria-label="${label}: ${actualText}, limit ${limitText}"><rect class="b-track" x="0" y="${trackY}" width="${width}" height="16" rx="8"/><rect class="b-value${isOver ? "" : " ok"}" x="0" y="${trackY}" width="${at(actual)}" height="16" rx="8"/><line class="b-limit" x1="${limitAt}" y1="14" x2="${limitAt}" y2="42"/><text x="0" y="12">${label} ${actualText}</text><text x="${limitAt}" y="55" text-anchor="${limitAt > width / 2 ? "end" : "start"}">limit ${limitText}</text></svg>`;
}
