import { aCallContext } from "@usher/connector-sdk/testing";
import { expect, it } from "vitest";
import answers from "./fixtures/deal-reading.json" with { type: "json" };
import { createHubSpotConnector } from "./hubspot-connector.ts";

const [whole, bare, gone] = ["30000000007", "30000000008", "30000000999"] as const;

async function readFixture() {
  const { crm } = createHubSpotConnector().connect(
    {
      connectionId: "con_fixture",
      config: { authKind: "access_token", accessToken: "pat", timeZone: "America/Los_Angeles" },
    },
    {
      fetch(input, init) {
        const { pathname } = new URL(new Request(input, init).url);
        const answer = Object.entries(answers).find(([path]) => path === pathname)?.[1];
        return Promise.resolve(
          new Response(JSON.stringify(answer?.body ?? {}), { status: answer?.status ?? 404 }),
        );
      },
      now: Date.now,
    },
  );
  return crm?.readDeals({ dealIds: [whole, bare, gone] }, aCallContext());
}

it("one read of three deals: all there is, nothing at all, and gone", async () => {
  expect(await readFixture()).toEqual([
    {
      system: "hubspot",
      id: whole,
      version: expect.stringMatching(/^2026-11-24T06:00:00\.000Z#/),
      name: "Acme: GTX Pro & support",
      isWon: true,
      kind: "new",
      currency: "USD",
      closedOn: "2026-11-01",
      account: { id: "30000000006", name: "Ærø & “Sons” GmbH", country: "DE" },
      owner: { name: "Ada Berg", email: "ada@acme.example" },
      lastEditor: null,
      lines: [
        {
          id: "30000000009",
          productCode: "GTX-PRO",
          productName: "GTX Pro",
          quantity: "12",
          unitPrice: "1157.04",
          currency: null,
          startsOn: "2026-12-01",
          months: 24,
          endsOn: null,
        },
        {
          id: "30000000010",
          productCode: "ONBOARD",
          productName: "Onboarding",
          quantity: "1",
          unitPrice: "1500",
          currency: null,
          startsOn: "2026-11-01",
          months: null,
          endsOn: null,
        },
      ],
    },
    {
      system: "hubspot",
      id: bare,
      version: expect.any(String),
      name: "A deal without anything",
      isWon: true,
      kind: "new",
      currency: "USD",
      closedOn: "2026-11-01",
      account: null,
      owner: null,
      lastEditor: null,
      lines: [],
    },
  ]);
});
