import fc from "fast-check";
import { expect, it } from "vitest";
import { createDueQueue } from "./due-queue.ts";

it("a due queue gives the earliest first, equal instants in the order they came, and nothing before its time", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 100 }),
      fc.integer({ min: 0, max: 30 }),
      (dues, now) => {
        const queue = createDueQueue<number>();
        for (const [value, dueMs] of dues.entries()) queue.add({ dueMs, value });
        const taken: number[] = [];
        for (let value = queue.takeDue(now); value !== undefined; value = queue.takeDue(now))
          taken.push(value);
        const order = dues
          .map((due, value) => ({ due, value }))
          .sort((left, right) => left.due - right.due || left.value - right.value);
        expect(taken).toEqual(order.filter(({ due }) => due <= now).map(({ value }) => value));
        expect(queue.drain()).toEqual(
          order.filter(({ due }) => due > now).map(({ value }) => value),
        );
      },
    ),
  );
});
