import { type JournalEntry, openJournal } from "./journal.ts";
import { createTable, type Row, type Table, type TableSpec, type WritableTable } from "./table.ts";

/**
 * All state of one simulator: tables in memory, every change in a transaction, every transaction
 * in the journal before anyone is told of it. Single-threaded: a transaction is one synchronous
 * function, so it needs no locks and nobody sees half of it.
 */
export interface Store {
  /** Declares a table; before `open` only. */
  define<R extends Row>(name: string, spec?: TableSpec<R>): Table<R>;
  /** Replays the journal, if there is one, and compacts it. */
  open(): void;
  /** Builds the table's indexes anew, after what they are computed from has changed. */
  reindex<R extends Row>(table: Table<R>): void;
  put<R extends Row>(table: Table<R>, row: R): void;
  remove<R extends Row>(table: Table<R>, id: string): void;
  /**
   * Runs `change`; when it throws, everything it wrote is undone. Nested calls are savepoints:
   * the inner one can fail alone, and the journal is written by the outermost.
   */
  transact<T>(change: () => T): T;
  /** Runs after the outermost transaction committed; dropped when the step that asked for it is undone. */
  afterCommit(action: () => void): void;
  /** Which outermost transaction is running; 0 outside of one. */
  currentTransaction(): number;
  /** A number never given before in this store's life. */
  nextSequence(): number;
  clear(): void;
  close(): void;
}

interface Undo {
  readonly table: WritableTable<Row>;
  readonly id: string;
  readonly before: Row | undefined;
}

const ROWS_PER_LINE = 200;
/** A journal that grew by this much while running is compacted between two transactions. */
const COMPACT_BYTES = 256 * 1024 * 1024;

export function createStore({ folder }: { readonly folder?: string | undefined }): Store {
  const tables = new Map<string, WritableTable<Row>>();
  const journal = folder === undefined ? undefined : openJournal(folder);
  let sequence = 0;
  let depth = 0;
  let undo: Undo[] = [];
  let actions: (() => void)[] = [];
  let transactions = 0;

  function define<R extends Row>(name: string, spec: TableSpec<R> = {}): Table<R> {
    const table = createTable(name, spec);
    tables.set(name, table as unknown as WritableTable<Row>);
    return table;
  }

  function open() {
    if (journal === undefined) return;
    journal.replay((entry) => {
      sequence = Math.max(sequence, entry.sequence);
      for (const [name, id, row] of entry.writes) {
        tableNamed(name).write(id, (row ?? undefined) as Row | undefined);
      }
    });
    // Rows were read in while the settings that some indexes depend on were still coming in.
    for (const table of tables.values()) table.reindex();
    journal.rewrite(snapshot());
  }

  function* snapshot(): Generator<JournalEntry> {
    yield { sequence, writes: [] };
    for (const table of tables.values()) {
      let writes: [string, string, Row][] = [];
      for (const row of table.all()) {
        writes.push([table.name, row.id, row]);
        if (writes.length < ROWS_PER_LINE) continue;
        yield { sequence, writes };
        writes = [];
      }
      if (writes.length > 0) yield { sequence, writes };
    }
  }

  function tableNamed(name: string): WritableTable<Row> {
    const table = tables.get(name);
    if (table === undefined) {
      throw new Error(`There is no table "${name}".`);
    }
    return table;
  }

  function write(name: string, id: string, row: Row | undefined) {
    if (depth === 0) throw new Error(`Write to ${name} outside a transaction.`);
    const table = tableNamed(name);
    undo.push({ table, id, before: table.get(id) });
    table.write(id, row);
  }

  function transact<T>(change: () => T): T {
    const savepoint = undo.length;
    const actionsBefore = actions.length;
    depth += 1;
    if (depth === 1) transactions += 1;
    try {
      const result = change();
      if (depth === 1) commit();
      return result;
    } catch (error) {
      while (undo.length > savepoint) {
        const { table, id, before } = undo.pop() as Undo;
        table.write(id, before);
      }
      actions.length = actionsBefore;
      throw error;
    } finally {
      depth -= 1;
      if (depth === 0) runActions();
    }
  }

  function commit() {
    if (undo.length > 0 && journal !== undefined) {
      const last = new Map<string, [string, string, unknown]>();
      for (const { table, id } of undo) {
        last.set(`${table.name}\u0000${id}`, [table.name, id, table.get(id) ?? null]);
      }
      journal.append({ sequence, writes: [...last.values()] });
      if (journal.appendedBytes > COMPACT_BYTES) journal.rewrite(snapshot());
    }
    undo = [];
  }

  function runActions() {
    const due = actions;
    actions = [];
    for (const action of due) action();
  }

  return {
    define,
    open,
    reindex: (table) => tableNamed(table.name).reindex(),
    put: (table, row) => write(table.name, row.id, row),
    remove: (table, id) => write(table.name, id, undefined),
    transact,
    afterCommit: (action) => {
      if (depth === 0) action();
      else actions.push(action);
    },
    currentTransaction: () => (depth === 0 ? 0 : transactions),
    nextSequence: () => {
      sequence += 1;
      return sequence;
    },
    clear() {
      for (const table of tables.values()) table.clear();
      journal?.rewrite([{ sequence, writes: [] }]);
    },
    close: () => journal?.close(),
  };
}
