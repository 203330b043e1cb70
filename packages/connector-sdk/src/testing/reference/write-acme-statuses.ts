import { connectorFailure } from "../../http/index.ts";
import type {
  CallContext,
  ConnectorErrorCategory,
  ConnectorErrorDetail,
  DealStatus,
  StatusWriteResult,
} from "../../spec/index.ts";
import type { AcmeClient } from "./acme-client.ts";
import { acmeUpdates, dealsPerCallMax } from "./acme-deal-api.ts";
import { readWireDeals } from "./read-acme-deals.ts";
import { planAcmeStatus, toAcmeStatus } from "./to-acme-status.ts";

export type AcmeWriteAnswer = StatusWriteResult | { readonly error: ConnectorErrorDetail };

const categories: Readonly<Record<string, ConnectorErrorCategory>> = {
  not_found: "not_found",
  locked: "conflict_locked",
  stale: "conflict_stale",
  forbidden: "permission",
};

/**
 * Statuses of any number of deals, a batch at a time: read what they show, then write what differs.
 * One answer an input, in order; a deal that Acme refuses fails alone.
 */
export async function writeAcmeStatuses(input: {
  readonly writes: readonly { readonly dealId: string; readonly status: DealStatus }[];
  readonly client: AcmeClient;
  readonly context: CallContext;
}): Promise<readonly AcmeWriteAnswer[]> {
  const answers: AcmeWriteAnswer[] = [];
  for (let from = 0; from < input.writes.length; from += dealsPerCallMax) {
    const writes = input.writes.slice(from, from + dealsPerCallMax);
    answers.push(...(await writeBatch({ ...input, writes })));
  }
  return answers;
}

async function writeBatch({
  writes,
  client,
  context,
}: Parameters<typeof writeAcmeStatuses>[0]): Promise<readonly AcmeWriteAnswer[]> {
  const dealIds = writes.map(({ dealId }) => dealId);
  const deals = await readWireDeals({ dealIds, client, context });
  const shown = new Map(deals.map((deal) => [deal.id, deal.usher]));
  const plans = writes.map(({ dealId, status }) => {
    const wanted = toAcmeStatus(status);
    const standing = shown.get(dealId);
    const plan = standing === undefined ? "gone" : planAcmeStatus({ shown: standing, wanted });
    return { dealId, wanted, plan } as const;
  });
  const updates = plans
    .filter(({ plan }) => plan === "write")
    .map(({ dealId, wanted }) => ({ id: dealId, usher: wanted }));
  const refused = new Map<string, { readonly code: string; readonly message: string }>();
  if (updates.length > 0) {
    const { results } = await client.send(
      {
        method: "PATCH",
        path: "/v1/deals",
        body: { updates },
        what: "Writing statuses",
        schema: acmeUpdates,
      },
      context,
    );
    for (const { id, error } of results) if (error !== null) refused.set(id, error);
  }
  return plans.map(({ dealId, plan }) => {
    if (plan === "gone") return { error: failed(dealId, "not_found", "there is no such deal") };
    if (plan !== "write") return plan;
    const error = refused.get(dealId);
    return error === undefined ? "written" : { error: failed(dealId, error.code, error.message) };
  });
}

function failed(dealId: string, code: string, message: string): ConnectorErrorDetail {
  return connectorFailure({
    category: categories[code] ?? "validation",
    message: `Writing the status of deal ${dealId}: Acme says ${code}: ${message}.`,
    vendorCode: code,
    where: { record: dealId, field: "usher" },
  }).detail;
}
