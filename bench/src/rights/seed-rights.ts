import { toWireCatalog, type UsherClient } from "../../../packages/api-contract/src/index.ts";
import {
  applySupersession,
  createDatabase,
  saveCustomers,
} from "../../../packages/database/src/index.ts";
import type {
  Catalog,
  FeatureKey,
  Sku,
} from "../../../packages/entitlement-core/src/catalog/index.ts";
import type { Entitlement } from "../../../packages/entitlement-core/src/entitlement/index.ts";
import type {
  CustomerId,
  Money,
  OfferingVersionId,
  OrderId,
  TimeZone,
} from "../../../packages/entitlement-core/src/kernel/index.ts";
import { waitUntil } from "../../../packages/local-services/src/index.ts";
import type { HubStage } from "../stage/hub-stage.ts";
import { benchFeatures, rightsAt } from "./many-rights.ts";

const batch = 250;

export interface SeededRights {
  readonly customers: readonly CustomerId[];
  readonly rights: ReadonlyMap<CustomerId, readonly Entitlement[]>;
}

/**
 * Publishes the eight features and stores rights of `count` customers through the hub's own
 * repositories, all from one order's lines, until a check sees the last of them.
 */
export async function seedRights({
  hub,
  count,
}: {
  readonly hub: HubStage;
  readonly count: number;
}): Promise<SeededRights> {
  await publishCatalog(hub.operator);
  const order = await placeOrder(hub.operator);
  const database = createDatabase({ url: hub.appUrl, poolSize: 2 });
  try {
    const tenantId = (await database.directory.tenants())[0]?.id;
    if (tenantId === undefined) throw new Error("The hub has no tenant.");
    const customers: CustomerId[] = [];
    const rights = new Map<CustomerId, readonly Entitlement[]>();
    for (let first = 0; first < count; first += batch) {
      const indexes = Array.from(
        { length: Math.min(batch, count - first) },
        (_, index) => first + index,
      );
      await database.withTenant({ tenantId }, async (tx) => {
        const ids = await saveCustomers(
          tx,
          indexes.map((index) => ({ externalId: `B-${index}`, name: `B ${index}`, country: "DE" })),
        );
        const offering = await tx.db
          .selectFrom("offering_versions")
          .select("id")
          .executeTakeFirstOrThrow();
        const wanted = indexes.flatMap((index) => {
          const customerId = ids.get(`B-${index}`) as CustomerId;
          customers.push(customerId);
          return rightsAt(index).map(({ id: _, ...right }) => ({
            ...right,
            customerId,
            provenance: {
              ...right.provenance,
              orderId: order as OrderId,
              offeringVersionId: offering.id as OfferingVersionId,
              lineId: `${index}-${right.provenance.lineId}`,
              decisionIds: [],
            },
          }));
        });
        for (const made of await applySupersession(tx, { end: [], start: wanted })) {
          rights.set(made.customerId, [...(rights.get(made.customerId) ?? []), made]);
        }
      });
    }
    const last = customers.at(-1) as CustomerId;
    await waitUntil(
      async () => {
        const answer = await hub.operator.call("check", {
          body: { customer: last, feature: "sso" },
        });
        return answer.ok && answer.data.reason !== "unknown_customer";
      },
      { timeoutMs: 30_000, giveUp: () => new Error("The API did not see the seeded rights.") },
    );
    return { customers, rights };
  } finally {
    await database.close();
  }
}

const catalog: Catalog = {
  timeZone: "UTC" as TimeZone,
  features: benchFeatures,
  offerings: [
    {
      sku: "ALL" as Sku,
      name: "All",
      skuClass: "software",
      listPrices: [{ minor: 10_000, currency: "USD" as Money["currency"] }],
      billing: { kind: "invoice" },
      entitlements: [{ feature: "sso" as FeatureKey, kind: "boolean", graceDays: 0, geo: null }],
    },
  ],
  aliases: [],
  approvalPolicy: { stages: [] },
};

async function publishCatalog(operator: UsherClient): Promise<void> {
  const published = await operator.call("publishCatalog", { body: toWireCatalog(catalog) });
  if (!published.ok) throw new Error(`The catalog was refused: ${published.problem.detail}`);
}

async function placeOrder(operator: UsherClient): Promise<string> {
  const answer = await operator.call("createOrder", {
    idempotencyKey: `seed-${process.pid}`,
    body: {
      source: { system: "bench", id: "SEED", version: "1" },
      kind: "new",
      name: "Seed",
      customer: { external_id: "SEED", name: "Seed", country: "DE" },
      currency: "USD",
      lines: [
        {
          line_id: "1",
          sku: "ALL",
          quantity: 1,
          unit_price: { amount: "100.00" },
          term: { starts_on: "2026-01-01", months: 12 },
        },
      ],
    },
  });
  if (!answer.ok) throw new Error(`The order was refused: ${answer.problem.detail}`);
  return answer.data.id;
}
