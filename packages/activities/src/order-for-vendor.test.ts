import type { OrderForPlanning } from "@usher/database";
import type { ConnectionId, OrderId } from "@usher/entitlement-core/kernel";
import { describe, expect, it } from "vitest";
import { remoteCustomerOf } from "./order-for-vendor.ts";

const here = { connectionId: "con_here" };
const bought = { connectionId: "con_here" as ConnectionId, remoteCustomerId: "cus_page" };

function aRecord(connectionId: string): OrderForPlanning["remoteRecords"][number] {
  return {
    orderId: "ord_1" as OrderId,
    revision: 1,
    connectionId: connectionId as ConnectionId,
    kind: "invoice",
    remoteId: "in_1",
    remoteCustomerId: `customer at ${connectionId}`,
    lineIds: [],
    totalMinor: 0,
    currency: "USD",
    state: "open",
  };
}

describe("remoteCustomerOf", () => {
  it("is known of an order that was paid on a page before anything was recorded of it", () => {
    expect(remoteCustomerOf({ remoteRecords: [], checkout: bought }, here)).toBe("cus_page");
  });

  it("is who a record there names, before who paid on the page", () => {
    const remoteRecords = [aRecord("con_there"), aRecord("con_here")];
    expect(remoteCustomerOf({ remoteRecords, checkout: bought }, here)).toBe(
      "customer at con_here",
    );
  });

  it("is never the customer of another system", () => {
    const remoteRecords = [aRecord("con_there")];
    const elsewhere = { ...bought, connectionId: "con_there" as ConnectionId };
    expect(remoteCustomerOf({ remoteRecords, checkout: elsewhere }, here)).toBeNull();
    expect(remoteCustomerOf({ remoteRecords: [], checkout: null }, here)).toBeNull();
  });
});
