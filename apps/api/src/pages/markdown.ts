import { type Html, html, raw } from "./html.ts";

/**
 * The little Markdown our own docs pages are written in: headings, paragraphs, lists, fenced code,
 * `code`, **bold** and [links](to). Everything is escaped before it is marked up.
 */
export function renderMarkdown(text: string): Html {
  const blocks: Html[] = [];
  const lines = text.split("\n");
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    if (line.startsWith("```")) {
      const end = lines.indexOf("```", at + 1);
      const stop = end === -1 ? lines.length : end;
      blocks.push(html`<pre><code>${lines.slice(at + 1, stop).join("\n")}</code></pre>`);
      at = stop + 1;
    } else if (/^#{1,3} /.test(line)) {
      const level = line.indexOf(" ");
      const inner = inline(line.slice(level + 1));
      blocks.push(level === 1 ? html`<h1>${inner}</h1>` : html`<h2>${inner}</h2>`);
      at += 1;
    } else if (/^[-*] /.test(line)) {
      const start = at;
      while (/^[-*] /.test(lines[at] ?? "")) at += 1;
      blocks.push(
        html`<ul>${lines.slice(start, at).map((item) => html`<li>${inline(item.slice(2))}</li>`)}</ul>`,
      );
    } else if (line.trim() === "") {
      at += 1;
    } else {
      const start = at;
      while (
        at < lines.length &&
        (lines[at] ?? "").trim() !== "" &&
        !/^(#{1,3} |[-*] |```)/.test(lines[at] ?? "")
      )
        at += 1;
      blocks.push(html`<p>${inline(lines.slice(start, at).join(" "))}</p>`);
    }
  }
  return html`${blocks}`;
}

const marks = /(`[^`]+`|\*\*[^*]+\*\*|\[[^\]]+\]\([^)\s]+\))/;

function inline(text: string): Html {
  return html`${text.split(marks).map((part) => {
    if (part.startsWith("`") && part.length > 2) return html`<code>${part.slice(1, -1)}</code>`;
    if (part.startsWith("**") && part.length > 4) return html`<b>${part.slice(2, -2)}</b>`;
    const link = /^\[([^\]]+)\]\(((?:\/|https:\/\/|#)[^)\s]*|[\w./-]+)\)$/.exec(part);
    return link === null ? raw(escapeText(part)) : html`<a href="${link[2]}">${link[1]}</a>`;
  })}`;
}

function escapeText(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
