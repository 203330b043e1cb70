import colors from "picocolors";

/** Where a command's answer goes: aligned text for people, one JSON document for programs. */
export interface Output {
  readonly isJson: boolean;
  /** A line for people; silent with --json. */
  say(line: string): void;
  /** The command's answer. With --json exactly this is printed, once. */
  answer(value: unknown, render: () => string): void;
}

export function createOutput(input: {
  readonly json: boolean;
  readonly write: (text: string) => void;
}): Output {
  return {
    isJson: input.json,
    say(line) {
      if (!input.json) input.write(`${line}\n`);
    },
    answer(value, render) {
      input.write(input.json ? `${JSON.stringify(value, null, 2)}\n` : `${render()}\n`);
    },
  };
}

/** Columns padded to their widest cell; a row of nothing prints the `empty` sentence instead. */
export function renderTable(input: {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly empty: string;
}): string {
  if (input.rows.length === 0) return input.empty;
  const widths = input.columns.map((column, index) =>
    Math.max(column.length, ...input.rows.map((row) => (row[index] ?? "").length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd();
  return [colors.dim(line(input.columns)), ...input.rows.map(line)].join("\n");
}

/** A cell of a table that is to stay on its line; the whole text is shown where the thing is shown alone. */
export function clip(text: string, charactersMax: number): string {
  return text.length <= charactersMax ? text : `${text.slice(0, charactersMax - 1).trimEnd()}…`;
}

const statusColor: Readonly<Record<string, (text: string) => string>> = {
  Received: colors.dim,
  "Awaiting approval": colors.yellow,
  Provisioning: colors.cyan,
  Active: colors.green,
  "Action needed": colors.red,
  Rejected: colors.magenta,
  Canceled: colors.magenta,
  Ended: colors.dim,
};

export function paintStatus(status: string): string {
  return (statusColor[status] ?? ((text: string) => text))(status);
}
