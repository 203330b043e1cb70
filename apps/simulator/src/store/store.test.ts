import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { UnreadableJournal } from "./journal.ts";
import { createStore, type Store } from "./store.ts";
import type { Table } from "./table.ts";

interface Thing {
  readonly id: string;
  readonly color: string;
}

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "simulator-store-"));
  folders.push(folder);
  return folder;
}

function open(folder?: string): { store: Store; things: Table<Thing> } {
  const store = createStore({ folder });
  const things = store.define<Thing>("thing", { indexes: { color: (row) => row.color } });
  store.open();
  return { store, things };
}

describe("the store", () => {
  it("undoes a failed transaction, index entries included", () => {
    const { store, things } = open();
    store.transact(() => store.put(things, { id: "a", color: "red" }));
    expect(() =>
      store.transact(() => {
        store.put(things, { id: "a", color: "blue" });
        store.put(things, { id: "b", color: "blue" });
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(things.get("a")).toEqual({ id: "a", color: "red" });
    expect(things.where("color", "blue")).toEqual([]);
    expect(things.where("color", "red")).toHaveLength(1);
  });

  it("lets a nested transaction fail alone", () => {
    const { store, things } = open();
    store.transact(() => {
      store.put(things, { id: "a", color: "red" });
      expect(() =>
        store.transact(() => {
          store.put(things, { id: "b", color: "red" });
          throw new Error("inner");
        }),
      ).toThrow("inner");
    });
    expect([...things.all()].map((row) => row.id)).toEqual(["a"]);
  });

  it("runs an action after the commit, and not at all for what was undone", () => {
    const { store, things } = open();
    const seen: string[] = [];
    store.transact(() => {
      store.put(things, { id: "a", color: "red" });
      store.afterCommit(() => seen.push("outer"));
      expect(() =>
        store.transact(() => {
          store.afterCommit(() => seen.push("inner"));
          throw new Error("inner");
        }),
      ).toThrow();
      expect(seen).toEqual([]);
    });
    expect(seen).toEqual(["outer"]);
  });

  it("finds every committed row and the sequence again after a restart", () => {
    const folder = newFolder();
    const first = open(folder);
    const given = first.store.nextSequence();
    first.store.transact(() => {
      first.store.put(first.things, { id: "a", color: "red" });
      first.store.put(first.things, { id: "b", color: "red" });
    });
    first.store.transact(() => first.store.remove(first.things, "b"));
    first.store.close();
    const second = open(folder);
    expect([...second.things.all()]).toEqual([{ id: "a", color: "red" }]);
    expect(second.store.nextSequence()).toBeGreaterThan(given);
    second.store.close();
  });

  it("drops a line cut short by a kill, and goes on behind the whole ones", () => {
    const folder = newFolder();
    const first = open(folder);
    first.store.transact(() => first.store.put(first.things, { id: "a", color: "red" }));
    first.store.close();
    appendFileSync(join(folder, "journal.jsonl"), '[9,[["thing","b",{"id":"b","co');
    const second = open(folder);
    expect([...second.things.all()].map((row) => row.id)).toEqual(["a"]);
    second.store.transact(() => second.store.put(second.things, { id: "c", color: "red" }));
    second.store.close();
    const third = open(folder);
    expect([...third.things.all()].map((row) => row.id)).toEqual(["a", "c"]);
    third.store.close();
  });

  it("refuses a journal damaged in the middle, with file and line, and leaves it as it is", () => {
    const folder = newFolder();
    open(folder).store.close();
    appendFileSync(join(folder, "journal.jsonl"), "{oops}\n[1,[]]\n");
    expect(() => open(folder)).toThrow(/journal\.jsonl:3: expected one JSON transaction/);
    expect(readFileSync(join(folder, "journal.jsonl"), "utf8")).toContain("{oops}");
  });

  it("refuses a journal of another version", () => {
    const folder = newFolder();
    writeFileSync(join(folder, "journal.jsonl"), '{"usher_simulator_journal":0}\n');
    expect(() => open(folder)).toThrow(UnreadableJournal);
  });
});
