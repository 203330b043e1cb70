import {
  closeSync,
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
  /** Bytes appended since the file was last rewritten. */
  readonly appendedBytes: number;
  /** Throws `UnreadableJournal` when the file is damaged or of another version. */
  replay(apply: (entry: JournalEntry) => void): void;
  append(entry: JournalEntry): void;
  /** Replaces the file by `entries`, atomically. */
  rewrite(entries: Iterable<JournalEntry>): void;
  close(): void;
}

/** A journal that this version cannot go on with. Its file is left as it is. */
export class UnreadableJournal extends Error {
  readonly path: string;

  constructor(path: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.path = path;
  }
}

const FILE = "journal.jsonl";

/** Moves with the shape of any row; a journal of another number is not read. */
const FORMAT = 1;
const HEAD = JSON.stringify({ usher_simulator_journal: FORMAT });

/** Opens (or creates) the journal in `folder`. A line cut short by a kill is dropped: nobody was told of it. */
export function openJournal(folder: string): Journal {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, FILE);
  let file = openSync(path, "a");
  let appendedBytes = 0;

  function replay(apply: (entry: JournalEntry) => void) {
    const bytes = readFileSync(path);
    const end = bytes.lastIndexOf(0x0a) + 1;
    if (end < bytes.length) truncateSync(path, end);
    let from = 0;
    for (let line = 1; from < end; line += 1) {
      const to = bytes.indexOf(0x0a, from);
      const text = bytes.toString("utf8", from, to);
      from = to + 1;
      if (line > 1) apply(parseLine({ text, path, line }));
      else if (text !== HEAD)
        throw new UnreadableJournal(
          path,
          `${path} was written by another version of the simulator.`,
        );
    }
  }

  function append(entry: JournalEntry) {
    appendedBytes += writeWhole(file, toLine(entry));
  }

  function rewrite(entries: Iterable<JournalEntry>) {
    const next = `${path}.next`;
    const target = openSync(next, "w");
    writeWhole(target, `${HEAD}\n`);
    for (const entry of entries) writeWhole(target, toLine(entry));
    closeSync(target);
    closeSync(file);
    renameSync(next, path);
    file = openSync(path, "a");
    appendedBytes = 0;
  }

  return {
    get appendedBytes() {
      return appendedBytes;
    },
    replay,
    append,
    rewrite,
    close: () => closeSync(file),
  };
}

function toLine({ sequence, writes }: JournalEntry): string {
  return `${JSON.stringify([sequence, writes])}\n`;
}

function writeWhole(file: number, text: string): number {
  const bytes = Buffer.from(text, "utf8");
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
  return written;
}

function parseLine(input: { text: string; path: string; line: number }): JournalEntry {
  try {
    const [sequence, writes] = JSON.parse(input.text) as [number, JournalEntry["writes"]];
    return { sequence, writes };
  } catch (cause) {
    throw new UnreadableJournal(
      input.path,
      `${input.path}:${input.line}: expected one JSON transaction, found damaged text.`,
      cause,
    );
  }
}
