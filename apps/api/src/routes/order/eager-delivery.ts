import { type Database, markPublished, type TenantTransaction } from "@usher/database";
import type { OrderId, TenantId } from "@usher/entitlement-core/kernel";
import type { WakeInput } from "@usher/workflows/contract";
import { sql } from "kysely";
import type { TemporalDoor } from "../../api-dependencies.ts";
import { createBatcher } from "../../http/batcher.ts";

interface OfOrder {
  readonly tenantId: TenantId;
  readonly orderId: OrderId;
  readonly outboxId: number;
}

/**
 * Tells Temporal at once what an outbox message would tell it later. The message stays until the
 * call has succeeded, so a crash or a Temporal that is away costs time and nothing else.
 */
export interface EagerDelivery {
  /** Keeps the relay from delivering the message for some seconds. False: nobody to tell now, leave it to the relay. */
  claim(tx: TenantTransaction, outboxId: number): Promise<boolean>;
  start(input: OfOrder): Promise<void>;
  wake(input: OfOrder & WakeInput): Promise<void>;
  cancel(input: OfOrder & { readonly by: string; readonly reason: string | null }): Promise<void>;
  decide(
    input: OfOrder & {
      readonly decisionId: string;
      readonly taskId: string;
      readonly revisionHash: string;
    },
  ): Promise<void>;
  /** Waits until what was delivered is marked. */
  drain(): Promise<void>;
}

/** Longer than a call to Temporal takes, short enough that nobody waits long when this process dies. */
const claimedSeconds = 5;

export function createEagerDelivery({
  database,
  temporal,
}: {
  readonly database: Database;
  readonly temporal: TemporalDoor;
}): EagerDelivery {
  // One statement for all messages delivered within a few milliseconds.
  const marks = createBatcher<{ readonly tenantId: TenantId; readonly outboxId: number }>({
    waitMs: 20,
    work: async (delivered) => {
      for (const [tenantId, ofTenant] of groupByTenant(delivered)) {
        await database.withTenant({ tenantId }, (tx) => markPublished(tx, ofTenant));
      }
    },
  });

  async function deliver(
    { tenantId, outboxId }: OfOrder,
    call: (client: NonNullable<ReturnType<TemporalDoor["client"]>>) => Promise<unknown>,
  ): Promise<void> {
    const client = temporal.client();
    if (client === null) return;
    await call(client);
    await marks.add({ tenantId, outboxId });
  }

  return {
    async claim(tx, outboxId) {
      if (temporal.client() === null) return false;
      await sql`
        update outbox set next_attempt_at = now() + make_interval(secs => ${claimedSeconds})
          where id = ${outboxId}`.execute(tx.db);
      return true;
    },
    start: (input) => deliver(input, (client) => client.startFulfillment(input)),
    wake: (input) => deliver(input, (client) => client.wakeOrder(input)),
    cancel: (input) => deliver(input, (client) => client.cancelOrder(input)),
    decide: (input) =>
      deliver(input, async (client) => {
        const answer = await client.decide(input);
        // The run may not wait for it yet, or there is none: a wake makes it read the truth.
        if (answer !== "accepted") await client.wakeOrder({ ...input, because: "decision" });
      }),
    drain: () => marks.drain(),
  };
}

function groupByTenant(
  delivered: readonly { readonly tenantId: TenantId; readonly outboxId: number }[],
): ReadonlyMap<TenantId, readonly number[]> {
  const groups = new Map<TenantId, number[]>();
  for (const { tenantId, outboxId } of delivered) {
    const ids = groups.get(tenantId) ?? [];
    ids.push(outboxId);
    groups.set(tenantId, ids);
  }
  return groups;
}
