import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** The one stylesheet of all pages, without what only its writers need. Cold pages are to be small. */
export const stylesheet = compact(readFileSync(new URL("./pages.css", import.meta.url), "utf8"));

/** The path carries the content's hash, so that it may be cached for good. */
export const stylesheetPath = `/assets/pages-${createHash("sha256").update(stylesheet).digest("hex").slice(0, 12)}.css`;

/** Comments and layout white space go; our own CSS holds neither in strings that matter. */
function compact(css: string): string {
  return css
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/ ?([{};,>]) ?/g, "$1")
    .replaceAll(/: /g, ":")
    .replaceAll(";}", "}")
    .trim();
}
