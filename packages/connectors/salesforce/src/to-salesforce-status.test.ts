import type { DealStatus } from "@usher/connector-sdk/spec";
import { describe, expect, it } from "vitest";
import { statusFields } from "./salesforce-fields.ts";
import { showsSameStatus, toSalesforceStatus } from "./to-salesforce-status.ts";

const fields = statusFields("Acme_Usher");

const status: DealStatus = {
  orderId: "ord_1",
  sequence: 7,
  status: "Awaiting approval",
  waitingOn: "Finance: Dana K.",
  dueAtIso: "2026-11-11T12:00:00.987Z",
  activeFromIso: null,
  activeUntilIso: null,
  problem: null,
  summary: "Pro, 250 seats",
  url: "https://usher.example/o/1",
};

describe("toSalesforceStatus", () => {
  it("writes under the configured prefix, instants to the second", () => {
    expect(toSalesforceStatus({ status, fields })).toEqual({
      Acme_Usher_Status__c: "Awaiting approval",
      Acme_Usher_Waiting_On__c: "Finance: Dana K.",
      Acme_Usher_Due_At__c: "2026-11-11T12:00:00.000Z",
      Acme_Usher_Active_From__c: null,
      Acme_Usher_Active_Until__c: null,
      Acme_Usher_Problem__c: null,
      Acme_Usher_Summary__c: "Pro, 250 seats",
      Acme_Usher_Url__c: "https://usher.example/o/1",
      Acme_Usher_Order_Id__c: "ord_1",
      Acme_Usher_Seq__c: 7,
    });
  });

  it("cuts a text to its field, never through an emoji", () => {
    const long = `${"x".repeat(253)}🚀🚀`;
    const written = toSalesforceStatus({ status: { ...status, summary: long }, fields })[
      "Acme_Usher_Summary__c"
    ];
    expect(written).toBe(`${"x".repeat(253)}…`);
  });

  it("sees the same in Salesforce's own spelling of it", () => {
    const remote = {
      Acme_Usher_Status__c: "Awaiting approval",
      Acme_Usher_Waiting_On__c: "Finance: Dana K.",
      Acme_Usher_Due_At__c: "2026-11-11T12:00:00.000+0000",
      Acme_Usher_Active_From__c: null,
      Acme_Usher_Active_Until__c: null,
      Acme_Usher_Problem__c: null,
      Acme_Usher_Summary__c: "Pro, 250 seats",
      Acme_Usher_Url__c: "https://usher.example/o/1",
      Acme_Usher_Order_Id__c: "ord_1",
      Acme_Usher_Seq__c: "7.0",
    };
    const wanted = toSalesforceStatus({ status, fields });
    expect(showsSameStatus({ remote, wanted })).toBe(true);
    expect(showsSameStatus({ remote: { ...remote, Acme_Usher_Seq__c: 6 }, wanted })).toBe(false);
  });
});
