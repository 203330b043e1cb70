import { describe, expect, it } from "vitest";
import { mustBeStripeAnswer } from "./stripe-answer.ts";

const judge =
  (answer: unknown, startingAfter: string | null = null) =>
  () =>
    mustBeStripeAnswer({
      text: typeof answer === "string" ? answer : JSON.stringify(answer),
      isWrite: false,
      request: "GET /v1/things",
      requestId: "req_1",
      startingAfter,
    });

const list = (data: unknown, more: Readonly<Record<string, unknown>> = {}) => ({
  object: "list",
  has_more: false,
  data,
  ...more,
});

describe("an answer of Stripe's", () => {
  it("may hold fields nobody documented, and null where something is left out", () => {
    expect(
      judge({ object: "invoice", id: "in_1", status: null, metadata: null, zz: [1] }),
    ).not.toThrow();
    expect(judge(list([]))).not.toThrow();
  });

  it("may hold anything in metadata and in an event's payload, whatever it is called", () => {
    const metadata = { quantity: "many", id: "7" };
    expect(judge({ object: "customer", id: "cus_1", metadata })).not.toThrow();
    const payload = { id: "in_1", object: "invoice", created: "yesterday" };
    const event = {
      object: "event",
      id: "evt_1",
      type: "t",
      created: 1,
      data: { object: payload },
    };
    expect(judge(list([event]))).not.toThrow();
  });

  it.each(["42", "true", '"text"', "null", "[]"])(
    "is not %s, with which stripe-node would end the process",
    (text) => {
      expect(judge(text)).toThrow("it is no object");
    },
  );

  it("that does not parse is no answer: a read may be repeated", () => {
    expect(judge("<html>")).toThrow(
      expect.objectContaining({ detail: expect.objectContaining({ category: "transient" }) }),
    );
  });

  it.each([
    [list(undefined), "answer.data is not a list of objects with ids"],
    [list([null]), "answer.data is not a list of objects with ids"],
    [list([], { has_more: "no" }), "answer.has_more is not true or false"],
    [list([], { has_more: true }), "there is nothing to go on from"],
    [{ object: "customer", id: 7 }, "answer.id is not a text"],
    [{ object: "customer", id: "cus_1" }, "answer.metadata is missing"],
    [
      { object: "invoice", id: "in_1", status: "paid", metadata: {}, total: 12.5 },
      "answer.total is not a whole number",
    ],
    [
      { object: "price", id: "p_1", unit_amount_decimal: "1e3" },
      "answer.unit_amount_decimal is not a decimal number as text",
    ],
  ])("that is %j is refused by its field", (answer, fault) => {
    expect(judge(answer)).toThrow(fault);
  });

  it("that begins again where it had to go on is refused: a list would page itself for ever", () => {
    expect(judge(list([{ id: "in_1" }]), "in_1")).toThrow("after which it had to go on");
  });
});
