import { html, raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";

export { html, raw };

/** A piece of a page: everything interpolated into it was escaped. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** The page as text, ready to be sent. */
export async function toText(page: Html): Promise<string> {
  return `${await page}`;
}
