import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** The one stylesheet of all pages. Its path carries its hash, so that it may be cached for good. */
export const stylesheet = readFileSync(new URL("./pages.css", import.meta.url), "utf8");

export const stylesheetPath = `/assets/pages-${createHash("sha256").update(stylesheet).digest("hex").slice(0, 12)}.css`;
