import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { WorkflowHandle } from "@temporalio/client";
import { noFailpoints } from "@usher/activities";
import {
  changeSigningKeys,
  createDatabase,
  type Database,
  type DecisionOutcome,
  ensureTenant,
  listApprovalTasks,
  listOrderEvents,
  listOrders,
  loadOrder,
  lockOrder,
  markPublished,
  type OrderWithContent,
  pageLimitMax,
  publishCatalog,
  recordDecision,
  recordOrderCommand,
  saveConnection,
  saveUser,
  type TenantTransaction,
} from "@usher/database";
import type { DecisionWord } from "@usher/entitlement-core/approval";
import type { Catalog } from "@usher/entitlement-core/catalog";
import type { Instant, TenantId, TimeZone } from "@usher/entitlement-core/kernel";
import type { OrderCommand, OrderEvent } from "@usher/entitlement-core/order";
import { findProjectFolder, waitUntil } from "@usher/local-services";
import {
  connectTemporal,
  createFulfillmentClient,
  createTemporalClient,
  type FulfillmentClient,
} from "@usher/temporal-client";
import { createTestDatabase, testTemporal, uniqueTaskQueue } from "@usher/test-kit";
import {
  generateSigningKey,
  hubKeyEncryptionKey,
  sealConnectionSecrets,
  sealSigningKey,
} from "@usher/token-signer";
import { fulfillOrderWorkflowId, taskQueuesOf } from "@usher/workflows/contract";
import { type RunningWorker, startWorker, type WorkerDependencies } from "../start-worker.ts";
import { createWorkerLog } from "../worker-log.ts";
import { aCatalog } from "./a-catalog.ts";
import { pretendConnector, pretendErpConnector } from "./pretend-connector.ts";
import { type PretendVendor, startPretendVendor } from "./pretend-vendor.ts";
import { historiesOf, type RecordedHistory } from "./recorded-history.ts";
import { quietTemporal, testPayloadKeys } from "./test-temporal-client.ts";

/** A whole hub without HTTP: real PostgreSQL, real Temporal, one tenant, one pretend vendor. */
export interface HubRig {
  readonly tenantId: TenantId;
  readonly database: Database;
  readonly databaseUrl: string;
  readonly vendor: PretendVendor;
  readonly fulfillment: FulfillmentClient;
  readonly keyEncryptionKey: Uint8Array;
  readonly taskQueuePrefix: string;
  /** The worker of this process; null when the rig was made without one. */
  worker: RunningWorker | null;
  startWorker(given?: Partial<WorkerDependencies>): Promise<RunningWorker>;
  inTenant<Result>(work: (tx: TenantTransaction) => Promise<Result>): Promise<Result>;
  /** The order of a deal, once there is one. */
  order(dealId: string): Promise<OrderWithContent>;
  events(dealId: string): Promise<readonly OrderEvent[]>;
  run(dealId: string): Promise<WorkflowHandle>;
  /** Waits until the deal's order stands at `status`. */
  reaches(dealId: string, status: string, timeoutMs?: number): Promise<OrderWithContent>;
  /** Waits until the CRM shows `status` on the deal. */
  shows(dealId: string, status: string, timeoutMs?: number): Promise<void>;
  /** As the API does: the database judges, then the run is told. */
  decide(dealId: string, decision: DecisionWord, by?: string): Promise<DecisionOutcome>;
  /** As the API does for cancel and resume: an event and a message of the outbox. */
  command(dealId: string, command: OrderCommand): Promise<void>;
  publish(catalog: Catalog): Promise<void>;
  /** The histories of every run of every order so far, by what the run came to. */
  histories(): Promise<readonly RecordedHistory[]>;
  stop(): Promise<void>;
}

export async function startHubRig(
  options: {
    readonly catalog?: Catalog;
    readonly withoutWorker?: boolean;
    /** The tenant has an ERP as well. */
    readonly withErp?: boolean;
    readonly logLevel?: string;
  } & Partial<WorkerDependencies> = {},
): Promise<HubRig> {
  quietTemporal();
  const testDatabase = await createTestDatabase();
  const owner = createDatabase({ url: testDatabase.databaseUrl, poolSize: 2 });
  const databaseUrl = testDatabase.appUrl;
  const database = createDatabase({ url: databaseUrl, poolSize: 20 });
  const keyEncryptionKey = randomBytes(32);
  const kek = hubKeyEncryptionKey(keyEncryptionKey);
  const vendor = await startPretendVendor();
  const tenantId = await ensureTenant(owner, {
    slug: "ours",
    name: "Ours",
    timeZone: "UTC" as TimeZone,
  });
  const inTenant = <Result>(work: (tx: TenantTransaction) => Promise<Result>) =>
    database.withTenant({ tenantId }, work);
  await inTenant(async (tx) => {
    await publishCatalog(tx, { catalog: options.catalog ?? aCatalog(), publishedBy: "test" });
    for (const name of ["dana", "fred"]) {
      await saveUser(tx, { email: `${name}@ours.test`, name, groups: ["finance"] });
    }
    await changeSigningKeys(tx, () => ({
      changes: [],
      add: { key: sealSigningKey({ key: generateSigningKey(), kek }), status: "current" },
    }));
    await saveConnection(tx, {
      vendor: "pretend",
      name: "Pretend",
      kinds: ["crm", "billing"],
      config: { url: vendor.url },
      sealedSecrets: sealConnectionSecrets({ secrets: { config: {}, webhookSecrets: [] }, kek }),
    });
    if (options.withErp !== true) return;
    await saveConnection(tx, {
      vendor: "pretend-erp",
      name: "Pretend ERP",
      kinds: ["erp"],
      config: { url: vendor.url },
      sealedSecrets: sealConnectionSecrets({ secrets: { config: {}, webhookSecrets: [] }, kek }),
    });
  });

  const { address, namespace } = testTemporal();
  const connection = await connectTemporal({ address });
  const taskQueuePrefix = uniqueTaskQueue("hub");
  const queues = taskQueuesOf(taskQueuePrefix);
  const client = createTemporalClient({ connection, namespace, payloadKeys: testPayloadKeys });
  const fulfillment = createFulfillmentClient({ client, queues });
  const {
    catalog: _catalog,
    withoutWorker,
    withErp: _withErp,
    logLevel: _logLevel,
    ...workerOptions
  } = options;

  const order = async (dealId: string) => {
    const found = await inTenant((tx) =>
      loadOrder(tx, { source: { system: "pretend", id: dealId } }),
    );
    if (found === null) throw new Error(`There is no order of deal ${dealId}.`);
    return found;
  };
  const rig: HubRig = {
    tenantId,
    database,
    databaseUrl,
    vendor,
    fulfillment,
    keyEncryptionKey,
    taskQueuePrefix,
    worker: null,
    startWorker: async (given = {}) => {
      rig.worker = await startWorker({
        database,
        temporal: { connection, namespace, payloadKeys: testPayloadKeys, queues },
        connectors: [pretendConnector, pretendErpConnector],
        keyEncryptionKeys: [kek],
        publicUrl: "http://hub.test",
        tokenAudience: "usher",
        bundleFolder: join(findProjectFolder(), ".usher", "workflow-bundles"),
        intervals: { pollMs: 100, announcementsMs: 100, featuresMs: 100 },
        leaseSeconds: 5,
        shutdownGraceMs: 5_000,
        httpPort: null,
        atFailpoint: noFailpoints,
        log: createWorkerLog({ level: options.logLevel ?? "silent" }),
        ...workerOptions,
        ...given,
      });
      return rig.worker;
    },
    inTenant,
    order,
    events: async (dealId) => {
      const { id: orderId } = await order(dealId);
      const page = await inTenant((tx) =>
        listOrderEvents(tx, { orderId, limit: pageLimitMax, cursor: null }),
      );
      return page.items.map((one) => one.event);
    },
    run: async (dealId) => {
      const { id: orderId } = await order(dealId);
      return client.workflow.getHandle(fulfillOrderWorkflowId({ tenantId, orderId }));
    },
    reaches: async (dealId, status, timeoutMs = 20_000) => {
      let last = "no order";
      await waitUntil(
        async () => {
          const found = await inTenant((tx) =>
            loadOrder(tx, { source: { system: "pretend", id: dealId } }),
          );
          last = `${found?.status ?? "no order"} (${found?.problem?.sentence ?? "no problem"})`;
          return found?.status === status;
        },
        {
          timeoutMs,
          giveUp: () => new Error(`Deal ${dealId} did not reach ${status}; it is at ${last}.`),
        },
      );
      return await order(dealId);
    },
    shows: async (dealId, status, timeoutMs = 20_000) => {
      await waitUntil(() => vendor.statuses.get(dealId)?.status === status, {
        timeoutMs,
        giveUp: () =>
          new Error(
            `The CRM does not show ${status} on ${dealId} but ${vendor.statuses.get(dealId)?.status}.`,
          ),
      });
    },
    decide: async (dealId, decision, by = "dana@ours.test") => {
      const { id: orderId } = await order(dealId);
      const outcome = await inTenant(async (tx) => {
        const tasks = await listApprovalTasks(tx, {
          orderId,
          statuses: ["open"],
          limit: 1,
          cursor: null,
        });
        const [open] = tasks.items;
        if (open === undefined) throw new Error(`No task of deal ${dealId} is open.`);
        return await recordDecision(tx, {
          taskId: open.task.id,
          by,
          userId: null,
          decision,
          comment: "because",
          revisionHash: open.task.revisionHash,
          channel: "test",
          now: Date.now() as Instant,
        });
      });
      if (outcome.kind === "recorded") {
        const { decisionId, task, outboxId } = outcome;
        const { id: taskId, revisionHash } = task;
        const told = await fulfillment.decide({
          tenantId,
          orderId,
          decisionId,
          taskId,
          revisionHash,
        });
        if (told === "accepted") await inTenant((tx) => markPublished(tx, [outboxId]));
      }
      return outcome;
    },
    command: async (dealId, command) => {
      const { id } = await order(dealId);
      await inTenant(async (tx) => {
        const locked = await lockOrder(tx, id);
        if (locked === null) throw new Error("The order vanished.");
        const outbox =
          command.type === "cancel"
            ? {
                topic: "order.cancel" as const,
                payload: { by: command.by, reason: command.reason },
              }
            : { topic: "order.wake" as const, payload: { because: "resumed" } };
        const outcome = await recordOrderCommand(tx, {
          order: locked,
          command,
          actor: "ops",
          now: Date.now() as Instant,
          outbox: [{ ...outbox, key: id }],
        });
        if (outcome.kind !== "appended") throw new Error(`Refused: ${JSON.stringify(outcome)}`);
      });
    },
    publish: async (catalog) => {
      await inTenant(async (tx) => {
        await publishCatalog(tx, { catalog, publishedBy: "test" });
      });
    },
    histories: async () => {
      const { items } = await inTenant((tx) =>
        listOrders(tx, { limit: pageLimitMax, cursor: null }),
      );
      const recorded: RecordedHistory[] = [];
      for (const { id: orderId, source } of items) {
        const workflowId = fulfillOrderWorkflowId({ tenantId, orderId });
        recorded.push(...(await historiesOf({ client, workflowId, dealId: source.id })));
      }
      return recorded;
    },
    stop: async () => {
      await rig.worker?.stop();
      await connection.close();
      await database.close();
      await owner.close();
      await vendor.stop();
      await testDatabase.drop();
    },
  };
  if (withoutWorker !== true) await rig.startWorker();
  return rig;
}
