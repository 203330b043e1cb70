import { createHash } from "node:crypto";
import { html, raw } from "./html.ts";

/** What the newest page stands at; another text means that there is something newer to show. */
export function stateOf(input: {
  readonly number: number | null;
  readonly isPlaying: boolean;
}): string {
  return `${input.number ?? "none"}${input.isPlaying ? " playing" : ""}`;
}

/**
 * The page is fetched again only when there is something newer, so that a call somebody has opened
 * stays open, and an hour of looking costs nothing. The one script of the inspector; the policy of
 * the page allows it by its hash, and no other.
 */
const script = `const state = document.body.dataset.state;
setInterval(async () => {
  try {
    const answer = await fetch("/state");
    if (answer.ok && (await answer.text()) !== state) location.reload();
  } catch {
    // The inspector was stopped; what it last showed stays.
  }
}, 300);`;

export const followScript = html`<script>${raw(script)}</script>`;

export const followScriptSource = `'sha256-${createHash("sha256").update(script).digest("base64")}'`;
