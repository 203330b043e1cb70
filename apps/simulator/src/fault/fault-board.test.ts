import { describe, expect, it } from "vitest";
import { createStore } from "../store/store.ts";
import type { Fault } from "./fault.ts";
import { createFaultBoard, matchesOperation } from "./fault-board.ts";

const blank: Omit<Fault, "id" | "hits"> = {
  vendor: "salesforce",
  kind: "server_error",
  operation: "*",
  object: null,
  recordId: null,
  remaining: null,
  message: null,
  delayMs: 0,
  status: 503,
  retryAfterSeconds: null,
};

describe("the fault board", () => {
  it("strikes as often as asked and then no more, also when the change it hits is undone", () => {
    const store = createStore({});
    const board = createFaultBoard({ store });
    store.open();
    board.add({ ...blank, kind: "refuse_write", remaining: 2 });
    const struck = [1, 2, 3].map(() => {
      try {
        return store.transact(() => {
          const fault = board.take({
            vendor: "salesforce",
            operation: "sobject.update",
            kinds: ["refuse_write"],
          });
          if (fault !== undefined) throw new Error("refused");
          return false;
        });
      } catch {
        return true;
      }
    });
    expect(struck).toEqual([true, true, false]);
    expect(board.list()).toEqual([]);
  });

  it("hits only the vendor, the kind and the record it was set for", () => {
    const store = createStore({});
    const board = createFaultBoard({ store });
    store.open();
    board.add({ ...blank, kind: "lock", object: "Opportunity", recordId: "006A" });
    const ask = { vendor: "salesforce", operation: "sobject.update", kinds: ["lock"] } as const;
    expect(board.take({ ...ask, object: "Account", recordId: "006A" })).toBeUndefined();
    expect(board.take({ ...ask, object: "Opportunity", recordId: "006B" })).toBeUndefined();
    expect(
      board.take({ ...ask, vendor: "stripe", object: "Opportunity", recordId: "006A" }),
    ).toBeUndefined();
    expect(board.take({ ...ask, object: "Opportunity", recordId: "006A" })).toBeDefined();
  });

  it.each([
    ["*", "query", true],
    ["query", "query.more", false],
    ["query*", "query.more", true],
    ["sobject.*", "sobject.create", true],
    ["*.create", "customers.create", true],
    ["c*.c*e", "customers.create", true],
    ["a*a", "a", false],
  ])("pattern %s and operation %s: %s", (pattern, operation, expected) => {
    expect(matchesOperation(pattern, operation)).toBe(expected);
  });
});
