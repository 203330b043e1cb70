import { type Html, html } from "./html.ts";

export interface DataColumn {
  readonly name: string;
  readonly kind?: "number" | "short" | "small";
}

type Cell = Html | string | number;

/**
 * A table that stands as cards on a phone: there each cell carries its column's name. Roles are
 * written out, since a browser forgets that it is a table once it is laid out as something else.
 */
export function dataTable({
  caption,
  columns,
  rows,
}: {
  /** For who cannot see the table; the heading above it is for the others. */
  readonly caption: string;
  readonly columns: readonly DataColumn[];
  /** Each with one cell for each column; an empty text leaves its line out of the card. */
  readonly rows: readonly (readonly Cell[])[];
}): Html {
  return html`<table class="data" role="table"><caption class="hide">${caption}</caption><thead role="rowgroup"><tr role="row">${columns.map(
    ({ name, kind }) =>
      html`<th scope="col" role="columnheader"${kind === "number" ? html` class="num"` : ""}>${name}</th>`,
  )}</tr></thead><tbody role="rowgroup">${rows.map(
    (cells) =>
      html`<tr role="row">${cells.map((cell, index) => tableCell(cell, columns[index]))}</tr>`,
  )}</tbody></table>`;
}

function tableCell(cell: Cell, { name, kind }: DataColumn = { name: "" }): Html {
  const classes = kind === undefined ? "" : html` class="${classOf[kind]}"`;
  return html`<td role="cell" data-name="${name}"${classes}>${cell}</td>`;
}

const classOf = { number: "num", short: "nowrap", small: "small" } as const;
