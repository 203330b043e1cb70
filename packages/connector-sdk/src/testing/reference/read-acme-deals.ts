import type { Deal } from "@usher/entitlement-core/deal";
import { parseShape } from "../../http/index.ts";
import type { CallContext } from "../../spec/index.ts";
import type { AcmeClient } from "./acme-client.ts";
import { type AcmeDeal, acmeDeal, acmeDeals, dealsPerCallMax } from "./acme-deal-api.ts";
import { fromAcmeDeal } from "./from-acme-deal.ts";

/** Deals by id, in as few calls as Acme allows. One that is gone is missing from the answer. */
export async function readAcmeDeals(input: {
  readonly dealIds: readonly string[];
  readonly client: AcmeClient;
  readonly context: CallContext;
}): Promise<readonly Deal[]> {
  return (await readWireDeals(input)).map(fromAcmeDeal);
}

/**
 * The same as Acme tells them. A record of an unexpected shape fails the read by its name: leaving
 * it out would look as if it had been deleted.
 */
export async function readWireDeals(input: {
  readonly dealIds: readonly string[];
  readonly client: AcmeClient;
  readonly context: CallContext;
}): Promise<readonly AcmeDeal[]> {
  const { client, context } = input;
  const dealIds = [...new Set(input.dealIds)];
  const deals: AcmeDeal[] = [];
  for (let from = 0; from < dealIds.length; from += dealsPerCallMax) {
    const page = await client.send(
      {
        method: "GET",
        path: "/v1/deals",
        query: { ids: dealIds.slice(from, from + dealsPerCallMax).join(",") },
        what: "Reading deals",
        schema: acmeDeals,
      },
      context,
    );
    for (const value of page.deals) {
      deals.push(parseShape({ schema: acmeDeal, value, what: `Reading deal ${value.id}` }));
    }
  }
  return deals;
}
