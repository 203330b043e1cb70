import { expect, it } from "vitest";
import { aCatalog } from "../testing/a-catalog.ts";
import { CatalogInvalidError } from "./catalog-fault.ts";
import { catalogSchema } from "./catalog-schema.ts";
import { defineCatalog } from "./define-catalog.ts";

it("a catalog file passes the door that the published document goes through, unchanged", () => {
  expect(catalogSchema.parse(JSON.parse(JSON.stringify(aCatalog)))).toEqual(aCatalog);
});

it("what a file leaves out is said with its safest meaning", () => {
  const [sso] = aCatalog.features;
  expect(sso).toMatchObject({ kind: "boolean", failPolicy: "closed" });
  const seats = aCatalog.offerings[0]?.entitlements.find(({ kind }) => kind === "seat");
  expect(seats).toMatchObject({ enforcement: "hard", graceDays: 14, geo: null });
  expect(aCatalog.approvalPolicy.stages[0]).toMatchObject({
    quorum: { kind: "any" },
    step: 1,
    dueAfterHours: 48,
    whenSilent: "park",
  });
});

it("everything that is wrong is thrown at once", () => {
  const wrong = () =>
    defineCatalog({
      timeZone: "Mars/Olympus",
      features: { seats: { kind: "seat", name: "Seats" } },
      offerings: {
        A: {
          name: "A",
          skuClass: "a",
          listPrices: { USD: "1.005" },
          billing: "invoice",
          entitlements: { seats: { perQuantity: 0 } },
        },
      },
      aliases: [{ productCode: "x", sku: "B" }],
      approvals: { legal: { name: "Legal", when: [], approvers: [] } },
    });
  expect(wrong).toThrow(CatalogInvalidError);
  const places = (() => {
    try {
      wrong();
    } catch (error) {
      if (error instanceof CatalogInvalidError) return error.faults.map(({ at }) => at);
    }
    return [];
  })();
  expect(places.toSorted()).toEqual([
    "aliases.x (every system)",
    "approvalPolicy.stages.legal.approvers",
    "approvalPolicy.stages.legal.when",
    "offerings.A.entitlements.seats.amount",
    "offerings.A.listPrices.USD",
    "timeZone",
  ]);
});

it("the compiler holds an entitlement to the kind of its feature", () => {
  const wrong = () =>
    defineCatalog({
      timeZone: "UTC",
      features: { seats: { kind: "seat", name: "Seats" } },
      offerings: {
        A: {
          name: "A",
          skuClass: "a",
          listPrices: { USD: "1.00" },
          billing: "invoice",
          // @ts-expect-error a seat feature is not granted by a yes
          entitlements: { seats: true },
        },
      },
    });
  // And a file in plain JavaScript is told by the check: no amount is a limit of none.
  expect(wrong).toThrow(/A limit of none grants nothing/);
});

it("a document of another shape does not pass the door", () => {
  for (const wrong of [
    null,
    {},
    { ...aCatalog, extra: 1 },
    { ...aCatalog, offerings: [{ sku: "A" }] },
    {
      ...aCatalog,
      offerings: [{ ...aCatalog.offerings[0], listPrices: [{ minor: 0.5, currency: "USD" }] }],
    },
    {
      ...aCatalog,
      approvalPolicy: { stages: [{ ...aCatalog.approvalPolicy.stages[0], whenSilent: "approve" }] },
    },
  ]) {
    expect(catalogSchema.safeParse(wrong).success).toBe(false);
  }
});
