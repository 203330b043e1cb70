import type { WireUsageEventsAnswer } from "@usher/api-contract";
import {
  findCustomers,
  ingestUsage,
  type TenantTransaction,
  type UsageEvent,
} from "@usher/database";
import type { FeatureKey } from "@usher/entitlement-core/catalog";
import {
  type CustomerId,
  type Instant,
  instantFromIso,
  isId,
} from "@usher/entitlement-core/kernel";
import { sql } from "kysely";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import type { RightsFeed } from "../../../check/rights-feed.ts";
import { ApiProblem, toProblem } from "../../../http/api-problem.ts";
import type { RequestFacts } from "../../../http/request-facts.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import type { ApiMetrics } from "../../../observability/api-metrics.ts";
import { type ReadUsageEvent, readUsageEvents } from "../../../usage/read-usage-events.ts";
import { customerBy } from "../../../wire/customer-by.ts";

type Outcome = WireUsageEventsAnswer["data"][number];

/** An event may come late by as long as senders retry, and early by a clock that runs ahead. */
const lateMsMax = 90 * 86_400_000;
const earlyMsMax = 5 * 60_000;
/** A request about few customers answers when checks count it; a bulk one does not wait. */
const awaitedCustomersMax = 20;

export function ingestUsageEventsRoute({
  database,
  metrics,
  feed,
}: Pick<ApiDependencies, "database"> & {
  readonly metrics: ApiMetrics;
  readonly feed: RightsFeed;
}) {
  return plainRoute("ingestUsageEvents", async ({ body, caller, request }) => {
    const read = readUsageEvents({
      contentType: request.header("content-type"),
      headers: request.headers(),
      body,
    });
    const { outcomes, accepted } = await database.withTenant(
      { tenantId: caller.tenantId },
      async (tx) => {
        const customers = await findNamedCustomers(tx, read);
        const judged = read.map((one) => judge({ one, customers, request }));
        const usable = judged.flatMap((one) => (one.ok ? [one.event] : []));
        const ingested = await ingestUsage(tx, usable);
        await tellOtherProcesses(tx, { events: usable, processId: feed.processId });
        return answerEach({ judged, fresh: ingested.accepted, request });
      },
    );
    const customerIds = [...new Set(accepted.map((event) => event.customerId))];
    // The next check in this process counts it; the answer does not fail when only that is late.
    const refreshed = feed
      .refresh({ tenantId: caller.tenantId, customerIds })
      .catch(() => undefined);
    if (customerIds.length <= awaitedCustomersMax) await refreshed;
    const counts = { accepted: 0, duplicates: 0, refused: 0 };
    for (const { outcome } of outcomes)
      counts[outcome === "duplicate" ? "duplicates" : outcome] += 1;
    metrics.usageEvents({ outcome: "accepted", count: counts.accepted });
    metrics.usageEvents({ outcome: "duplicate", count: counts.duplicates });
    metrics.usageEvents({ outcome: "refused", count: counts.refused });
    // A single malformed event is a refused request; in a batch the others count.
    const [only] = outcomes;
    if (outcomes.length === 1 && only?.problem != null) throw firstProblem(read, only.problem);
    return { body: { ...counts, data: outcomes } };
  });
}

/** Usage changes what a check answers, so the tables of other processes are told with the commit. */
async function tellOtherProcesses(
  tx: TenantTransaction,
  { events, processId }: { readonly events: readonly UsageEvent[]; readonly processId: string },
): Promise<void> {
  const payloads = [
    ...new Set(events.map((event) => `${tx.tenantId}:${event.customerId}:${processId}`)),
  ];
  if (payloads.length === 0) return;
  await sql`select pg_notify('usher_rights', payload) from unnest(${payloads}::text[]) as payload`.execute(
    tx.db,
  );
}

type Judged =
  | { readonly ok: true; readonly event: UsageEvent }
  | {
      readonly ok: false;
      readonly source: string | null;
      readonly id: string | null;
      readonly problem: ApiProblem;
    };

function judge({
  one,
  customers,
  request,
}: {
  readonly one: ReadUsageEvent;
  readonly customers: ReadonlyMap<string, CustomerId>;
  readonly request: RequestFacts;
}): Judged {
  if (!one.ok) return one;
  const { event } = one;
  const refuse = (pointer: string, detail: string, fix: string): Judged => ({
    ok: false,
    source: event.source,
    id: event.id,
    problem: new ApiProblem("invalid_request", `The event cannot be counted: ${detail}.`, {
      errors: [{ pointer, code: "not_countable", detail, fix }],
    }),
  });
  const customerId = customers.get(event.subject);
  if (customerId === undefined) {
    return refuse(
      "/subject",
      `no customer ${event.subject} is known`,
      "Send a customer's id, or ext: and its external id.",
    );
  }
  const occurredAt =
    event.time === undefined ? (request.now as Instant) : instantFromIso(event.time);
  if (occurredAt > request.now + earlyMsMax)
    return refuse("/time", "it lies in the future", "Check the sender's clock.");
  if (occurredAt < request.now - lateMsMax)
    return refuse("/time", "it lies more than 90 days back", "Send usage sooner.");
  const feature = event.data.feature as FeatureKey;
  return {
    ok: true,
    event: {
      source: event.source,
      eventId: event.id,
      customerId,
      feature,
      quantity: event.data.quantity,
      occurredAt,
    },
  };
}

function answerEach({
  judged,
  fresh,
  request,
}: {
  readonly judged: readonly Judged[];
  readonly fresh: readonly { readonly source: string; readonly eventId: string }[];
  readonly request: RequestFacts;
}): { readonly outcomes: Outcome[]; readonly accepted: readonly UsageEvent[] } {
  const counted = new Set(fresh.map((one) => `${one.source}\0${one.eventId}`));
  const accepted: UsageEvent[] = [];
  const outcomes = judged.map((one): Outcome => {
    if (!one.ok) {
      const occurrence = {
        path: request.path,
        requestId: request.requestId,
        traceId: request.trace.traceId,
      };
      return {
        source: one.source,
        id: one.id,
        outcome: "refused",
        problem: toProblem(one.problem, occurrence),
      };
    }
    const { source, eventId: id } = one.event;
    // The second mention within one request finds its key taken by the first.
    const isFresh = counted.delete(`${source}\0${id}`);
    if (isFresh) accepted.push(one.event);
    return { source, id, outcome: isFresh ? "accepted" : "duplicate", problem: null };
  });
  return { outcomes, accepted };
}

/** Ids of all customers that the events name, by the name used. */
async function findNamedCustomers(
  tx: TenantTransaction,
  read: readonly ReadUsageEvent[],
): Promise<ReadonlyMap<string, CustomerId>> {
  const subjects = [...new Set(read.flatMap((one) => (one.ok ? [one.event.subject] : [])))];
  const found = new Map<string, CustomerId>();
  const external = subjects.flatMap((subject) => {
    const by = customerBy(subject);
    return "externalId" in by ? [by.externalId] : [];
  });
  for (const customer of external.length === 0 ? [] : await findCustomers(tx, external)) {
    found.set(`ext:${customer.externalId}`, customer.id);
  }
  const ids = subjects.filter((subject) => isId("customer", subject));
  if (ids.length > 0) {
    const rows = await tx.db.selectFrom("customers").select("id").where("id", "in", ids).execute();
    for (const row of rows) found.set(row.id, row.id as CustomerId);
  }
  return found;
}

function firstProblem(
  read: readonly ReadUsageEvent[],
  told: NonNullable<Outcome["problem"]>,
): ApiProblem {
  const [only] = read;
  return only !== undefined && !only.ok
    ? only.problem
    : new ApiProblem(told.code, told.detail, { errors: told.errors });
}
