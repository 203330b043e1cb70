import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

/** One committed transaction: the sequence reached, and the rows as they stand after it. */
export interface JournalEntry {
  readonly sequence: number;
  /** `[table, id, row]`; null means the row is gone. */
  readonly writes: readonly (readonly [table: string, id: string, row: unknown])[];
}

/**
 * An append-only file of committed transactions. What was appended survives the death of the
 * process (the operating system has the bytes); a power cut may lose the last moments, since a
 * simulator does not pay for an fsync per write.
 */
export interface Journal {
  replay(apply: (entry: JournalEntry) => void): void;
  append(entry: JournalEntry): void;
  /** Replaces the file by `entries`, atomically. */
  rewrite(entries: Iterable<JournalEntry>): void;
  close(): void;
}

const FILE = "journal.jsonl";

/** Opens (or creates) the journal in `folder`. A line cut short by a kill is dropped: nobody was told of it. */
export function openJournal(folder: string): Journal {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, FILE);
  let file = openSync(path, "a");

  function replay(apply: (entry: JournalEntry) => void) {
    if (!existsSync(path)) return;
    const bytes = readFileSync(path);
    const end = bytes.lastIndexOf(0x0a) + 1;
    if (end < bytes.length) truncateSync(path, end);
    let from = 0;
    let line = 0;
    while (from < end) {
      const to = bytes.indexOf(0x0a, from);
      line += 1;
      apply(parseLine({ text: bytes.toString("utf8", from, to), path, line }));
      from = to + 1;
    }
  }

  function append(entry: JournalEntry) {
    writeWhole(file, `${JSON.stringify([entry.sequence, entry.writes])}\n`);
  }

  function rewrite(entries: Iterable<JournalEntry>) {
    const next = `${path}.next`;
    const target = openSync(next, "w");
    for (const entry of entries) {
      writeWhole(target, `${JSON.stringify([entry.sequence, entry.writes])}\n`);
    }
    closeSync(target);
    closeSync(file);
    renameSync(next, path);
    file = openSync(path, "a");
  }

  return { replay, append, rewrite, close: () => closeSync(file) };
}

function writeWhole(file: number, text: string) {
  const bytes = Buffer.from(text, "utf8");
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
}

function parseLine(input: { text: string; path: string; line: number }): JournalEntry {
  try {
    const [sequence, writes] = JSON.parse(input.text) as [number, JournalEntry["writes"]];
    return { sequence, writes };
  } catch (cause) {
    throw new Error(
      `${input.path}:${input.line}: expected one JSON transaction, found damaged text. Delete the folder to start empty.`,
      { cause },
    );
  }
}
