import { type Html, html } from "./html.ts";

export interface LimitBar {
  readonly label: string;
  readonly actual: number;
  readonly limit: number;
  readonly actualText: string;
  readonly limitText: string;
}

/** Actual against the limit of a rule: the bar ends at the actual value, the upright line stands at the limit. */
export function limitBar({ label, actual, limit, actualText, limitText }: LimitBar): Html {
  const most = Math.max(actual, limit) * 1.15 || 1;
  const at = (value: number) => Math.round((Math.max(0, value) / most) * 1_000);
  const value = actual > limit ? "b-value" : "b-value ok";
  return html`<div class="measure"><span>${label} <b>${actualText}</b></span><span class="soft">limit ${limitText}</span></div><svg class="bar" viewBox="0 0 1000 16" preserveAspectRatio="none" role="img" aria-label="${label}: ${actualText}, limit ${limitText}"><rect class="b-track" width="1000" height="16"/><rect class="${value}" width="${at(actual)}" height="16"/><line class="b-limit" x1="${at(limit)}" y1="0" x2="${at(limit)}" y2="16"/></svg>`;
}
