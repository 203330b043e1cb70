import { type Html, html } from "./html.ts";

/** Small signs that say by form what color says beside them. Decorative: the word is always there too. */
export type Sign =
  | "check"
  | "clock"
  | "alert"
  | "cross"
  | "empty"
  | "arrow"
  | "coin"
  | "key"
  | "pen";

const paths: Record<Sign, string> = {
  check: "M7 12.5l3.4 3.4L17 9",
  clock: "M12 7.5V12l3 2",
  alert: "M12 7v6M12 16.5h.01",
  cross: "M8.5 8.5l7 7M15.5 8.5l-7 7",
  empty: "",
  arrow: "M7.5 12h9M13 8.5l3.5 3.5-3.5 3.5",
  coin: "M15 9.5c-.5-1-1.6-1.5-3-1.5-1.7 0-3 .8-3 2s1 1.7 3 2 3 .8 3 2-1.3 2-3 2c-1.4 0-2.5-.5-3-1.5M12 6.5V8M12 16v1.5",
  key: "M9.5 14.5a2.5 2.5 0 1 1 0-5 2.5 2.5 0 0 1 0 5zM12 12h6M15.5 12v2.5",
  pen: "M7.5 16.5l.7-3 6.8-6.8 2.3 2.3-6.8 6.8z",
};

/** A ring with its sign, as the rail shows its stops. Colors come from the class around it. */
export function railMark(sign: Sign): Html {
  return html`<svg viewBox="0 0 24 24" aria-hidden="true"><circle class="m-pulse" cx="12" cy="12" r="10"/><circle class="m-ring" cx="12" cy="12" r="10"/><path class="m-sign" d="${paths[sign]}"/></svg>`;
}

/** A sign in the color of its text. Its drawing stands once in the page: see `signDrawings`. */
export function lineMark(sign: Sign, kind: "good" | "bad" | "wait" | "work" | "calm"): Html {
  return html`<svg class="k-${kind}" aria-hidden="true"><use href="#${sign}"/></svg>`;
}

/** What `lineMark` refers to: a page shows the same few signs dozens of times, and is to be small. */
export function signDrawings(): Html {
  return html`<svg class="hide" aria-hidden="true">${Object.entries(paths).map(
    ([sign, path]) =>
      html`<symbol id="${sign}" viewBox="0 0 24 24"><circle cx="12" cy="12" r="9"/><path d="${path}"/></symbol>`,
  )}</svg>`;
}

export function brandMark(): Html {
  return html`<svg viewBox="0 0 24 24" aria-hidden="true"><rect class="g-work" x="2" y="2" width="20" height="20" rx="6"/><path class="m-sign" d="M8 7v6a4 4 0 0 0 8 0V7"/></svg>`;
}
