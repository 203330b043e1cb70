/** Markup: everything put into it was escaped, or was markup already. */
export interface Markup {
  readonly markup: string;
}

type Piece = Markup | string | number | null | undefined | readonly Piece[];

export function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return {
    markup: parts.reduce((text, part, index) => text + toMarkup(pieces[index - 1]) + part),
  };
}

/** Trusted text of our own, such as a style sheet. */
export function raw(markup: string): Markup {
  return { markup };
}

function toMarkup(piece: Piece): string {
  if (piece === null || piece === undefined) return "";
  if (typeof piece === "string") return escapeText(piece);
  if (typeof piece === "number") return String(piece);
  if ("markup" in piece) return piece.markup;
  return piece.map(toMarkup).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
