import { describe, expect, it } from "vitest";
import type { CustomerId } from "../kernel/ids.ts";
import type { Entitlement, EntitlementDraft } from "./entitlement.ts";
import { losingCustomers } from "./losing-customers.ts";
import { supersede } from "./supersede.ts";
import { aRight, day, someSeats } from "./testing/right-builder.ts";

const now = day("2027-06-01");

function losing(held: readonly Entitlement[], rights: readonly Entitlement[]) {
  const drafts = rights.map(
    ({ id: _id, supersedes: _supersedes, ...draft }): EntitlementDraft => draft,
  );
  return losingCustomers({ held, supersession: supersede({ held, drafts, now }) });
}

const held = [aRight("a"), aRight("b", someSeats(5))] as const;
const [sso, fiveSeats] = held;
const { customerId } = sso;

describe("losingCustomers", () => {
  it.each<[string, readonly Entitlement[]]>([
    ["everything stays", held],
    ["seats are added", [sso, { ...fiveSeats, ...someSeats(8) }]],
    ["the term grows", [{ ...sso, activeTo: day("2029-01-01") }, fiveSeats]],
  ])("is nobody when %s", (_what, rights) => {
    expect(losing(held, rights)).toEqual([]);
  });

  it.each<[string, readonly Entitlement[]]>([
    ["everything is taken back", []],
    ["a right is dropped", [fiveSeats]],
    ["seats are taken away", [sso, { ...fiveSeats, ...someSeats(4) }]],
    ["the term shrinks", [{ ...sso, activeTo: day("2027-07-01") }, fiveSeats]],
    ["the term is put off", [{ ...sso, activeFrom: day("2027-07-01") }, fiveSeats]],
    [
      "another country is named",
      [{ ...sso, geo: { mode: "allow", countries: ["DE"] } }, fiveSeats],
    ],
  ])("is the customer when %s", (_what, rights) => {
    expect(losing(held, rights)).toEqual([customerId]);
  });

  it("is the customer that a right is moved away from", () => {
    const other = "cus_other" as CustomerId;
    expect(
      losing(
        held,
        held.map((one) => ({ ...one, customerId: other })),
      ),
    ).toEqual([customerId]);
  });

  it("is nobody where what ended has run out before", () => {
    expect(losing([aRight("a", { activeTo: day("2027-05-01") })], [])).toEqual([]);
  });
});
