import { expect, it } from "vitest";
import { InvalidCursorError, pageLimitMax, readCursor, rowsToRead, toPage } from "./page.ts";

it("a cursor leads to where the page ended, and a made-up one is refused", () => {
  const request = { limit: 2, cursor: null };
  const rows = ["c", "b", "a"].map((id) => ({ id }));
  const page = toPage({ rows, request, idOf: (one) => one.id });
  expect(page.items).toEqual([{ id: "c" }, { id: "b" }]);
  expect(readCursor({ limit: 2, cursor: page.nextCursor })).toBe("b");
  expect(toPage({ rows: rows.slice(0, 2), request, idOf: (one) => one.id }).nextCursor).toBeNull();
  const madeUp = ["", "b", "%%%", Buffer.from("2:b").toString("base64url"), "x".repeat(5000)];
  for (const cursor of madeUp) {
    expect(() => readCursor({ limit: 2, cursor })).toThrow(InvalidCursorError);
  }
});

it("a limit is cut to what a page may hold", () => {
  for (const [asked, read] of [
    [0, 2],
    [-5, 2],
    [1.9, 2],
    [50, 51],
    [1e9, pageLimitMax + 1],
  ] as const) {
    expect(rowsToRead({ limit: asked, cursor: null })).toBe(read);
  }
});
