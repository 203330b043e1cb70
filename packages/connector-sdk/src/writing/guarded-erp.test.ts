import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { connectorFailure } from "../http/connector-failure.ts";
import { type ErpConnector, isConnectorError } from "../spec/index.ts";
import { guardedErp } from "./guarded-erp.ts";
import { createOrderLanes } from "./order-lanes.ts";

const context = {
  idempotencyKey: "k",
  deadline: Number.POSITIVE_INFINITY,
  signal: new AbortController().signal,
  log: () => undefined,
};
const order = { orderId: "ord_1", revision: 1 } as never;

/** An ERP of which each method does the same. */
function anErp(work: () => Promise<unknown>): ErpConnector {
  return new Proxy({} as ErpConnector, { get: () => work });
}

const methods = [
  "upsertCustomer",
  "upsertItem",
  "bookOrder",
  "amendOrder",
  "cancelOrder",
  "readInvoices",
] as const;

describe("a guarded ERP", () => {
  it.each(["check", ...methods])("lets nothing but a ConnectorError out of %s", async (method) => {
    const crash = () => Promise.reject(new TypeError("cannot read x of undefined"));
    const erp = guardedErp({ name: "Acme" }, anErp(crash)) as unknown as Record<
      string,
      (...input: unknown[]) => Promise<unknown>
    >;
    const call = method === "check" ? erp[method]?.(context) : erp[method]?.(order, context);
    const thrown: unknown = await call?.catch((error: unknown) => error);
    expect(isConnectorError(thrown)).toBe(true);
  });

  it("passes on what the connector classified, as it is", async () => {
    const failure = connectorFailure({ category: "conflict_locked", message: "in use" });
    const erp = guardedErp(
      { name: "Acme" },
      anErp(() => Promise.reject(failure)),
    );
    await expect(erp.bookOrder(order, context)).rejects.toBe(failure);
  });

  it("writes one order in one lane: its revision waits for the one before", async () => {
    const seen: string[] = [];
    const slow = async () => {
      seen.push("begun");
      await nextTurn();
      seen.push("done");
    };
    const lanes = createOrderLanes({ ordersMax: 4 });
    const erp = guardedErp({ name: "Acme", lanes }, anErp(slow));
    await Promise.all([
      erp.bookOrder(order, context),
      erp.amendOrder(order, context),
      erp.cancelOrder(order, context),
    ]);
    expect(seen).toEqual(["begun", "done", "begun", "done", "begun", "done"]);
  });
});
