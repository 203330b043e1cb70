import { type Html, html } from "./html.ts";

/** Instants as people read them: day, minute, and always the zone. */
export interface TimeFormat {
  readonly timeZone: string;
  /** `24 Nov 2026, 07:30 CET`, machine-readable beside it. */
  at(instant: number | Date | string): Html;
  text(instant: number | Date | string): string;
  /** `24 Nov 2026`. */
  day(instant: number | Date | string): string;
}

export function createTimeFormat(timeZone: string): TimeFormat {
  const full = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  });
  const dayOnly = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    day: "numeric",
    month: "short",
    year: "numeric",
  });
  const text = (instant: number | Date | string) => full.format(new Date(instant));
  return {
    timeZone,
    text,
    at: (instant) =>
      html`<time datetime="${new Date(instant).toISOString()}">${text(instant)}</time>`,
    day: (instant) => dayOnly.format(new Date(instant)),
  };
}

/** `3 days 4 h`, `12 min`, `0.4 s`: two units at most. */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = ms / 1_000;
  if (seconds < 60) return `${Math.round(seconds * 10) / 10} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60)
    return `${minutes} min${minutes < 10 && seconds % 60 >= 1 ? ` ${Math.floor(seconds % 60)} s` : ""}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h${minutes % 60 > 0 ? ` ${minutes % 60} min` : ""}`;
  const days = Math.floor(hours / 24);
  const unit = days === 1 ? "day" : "days";
  return `${days} ${unit}${hours % 24 > 0 && days < 10 ? ` ${hours % 24} h` : ""}`;
}
