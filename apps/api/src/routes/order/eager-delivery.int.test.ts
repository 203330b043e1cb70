import { randomBytes } from "node:crypto";
import type { Client } from "@temporalio/client";
import {
  connectTemporal,
  createFulfillmentClient,
  createTemporalClient,
} from "@usher/temporal-client";
import { testTemporal, uniqueTaskQueue } from "@usher/test-kit";
import { fulfillOrderWorkflowId, taskQueuesOf } from "@usher/workflows/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiRig, startApiRig } from "../../testing/api-rig.ts";
import { askedForApproval } from "../../testing/asked-for-approval.ts";
import { eventually } from "../../testing/eventually.ts";
import { anOrderRequest } from "../../testing/order-request.ts";

let rig: ApiRig;
let client: Client;
let connection: Awaited<ReturnType<typeof connectTemporal>>;

beforeAll(async () => {
  const { address, namespace } = testTemporal();
  connection = await connectTemporal({ address });
  client = createTemporalClient({
    connection,
    namespace,
    payloadKeys: [{ id: "test", secret: randomBytes(32) }],
  });
  const queues = taskQueuesOf(uniqueTaskQueue("api"));
  rig = await startApiRig({ fulfillment: createFulfillmentClient({ client, queues }) });
});
afterAll(async () => {
  await rig.stop();
  await connection.close();
});

const messagesOf = (orderId: string) =>
  rig.inTenant((tx) =>
    tx.db
      .selectFrom("outbox")
      .select(["topic", "published_at"])
      .where("key", "=", orderId)
      .orderBy("id")
      .execute(),
  );

describe("with Temporal there", () => {
  it("an accepted order's run is started at once, once, and its message is marked as delivered", async () => {
    const body = anOrderRequest();
    const taken = await Promise.all(
      ["a", "b", "c"].map((name) =>
        rig.post("/v1/orders", { body, headers: { "Idempotency-Key": `eager-${name}` } }),
      ),
    );
    const [{ json }] = taken as [(typeof taken)[number]];
    expect(new Set(taken.map((one) => one.json.id)).size).toBe(1);
    await eventually(async () => {
      const run = await client.workflow
        .getHandle(fulfillOrderWorkflowId({ tenantId: rig.tenant.id, orderId: json.id }))
        .describe();
      expect(run.status.name).toBe("RUNNING");
      expect(await messagesOf(json.id)).toMatchObject([
        { topic: "order.start", published_at: expect.any(Date) },
      ]);
    });
  });

  it("a decision is told to the run; when the run does not take it, it is woken", async () => {
    const { taskId, revisionHash, orderId } = await askedForApproval(rig);
    const decided = await rig.post(`/v1/approval_tasks/${taskId}/decision`, {
      key: rig.tenant.people.dana.key,
      body: { decision: "approve", revision_hash: revisionHash },
    });
    // The answer does not wait for a worker, of which there is none here.
    expect(decided.status).toBe(200);
    const topics = (await messagesOf(orderId)).map((one) => one.topic);
    expect(topics).toContain("order.wake");
  });
});
