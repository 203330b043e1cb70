import { setTimeout as delay } from "node:timers/promises";
import {
  connectTemporal,
  createFulfillmentClient,
  createTemporalClient,
  type FulfillmentClient,
  type PayloadKeys,
} from "@usher/temporal-client";
import { taskQueuesOf } from "@usher/workflows/contract";
import type { TemporalDoor } from "./api-dependencies.ts";
import type { Logger } from "./observability/create-logger.ts";

export interface TemporalDoorOptions {
  readonly address: string;
  readonly namespace: string;
  readonly tls: boolean;
  readonly apiKey: string | undefined;
  readonly uiUrl: string | undefined;
  readonly taskQueuePrefix: string;
  readonly payloadKeys: PayloadKeys;
}

export interface OpenTemporalDoor extends TemporalDoor {
  close(): Promise<void>;
}

type Connection = Awaited<ReturnType<typeof connectTemporal>>;

const retryMsMax = 10_000;

/**
 * Connects in the background and keeps trying: the API takes orders and answers checks while
 * Temporal is away, and the outbox delivers what could not be said. Once made, the connection
 * heals itself.
 */
export function openTemporalDoor({
  options,
  log,
}: {
  readonly options: TemporalDoorOptions;
  readonly log: Logger;
}): OpenTemporalDoor {
  const stopping = new AbortController();
  let connection: Connection | null = null;
  let client: FulfillmentClient | null = null;
  let reason = "not connected yet";

  async function connect(): Promise<void> {
    for (let waitMs = 250; !stopping.signal.aborted; waitMs = Math.min(waitMs * 2, retryMsMax)) {
      try {
        connection = await connectTemporal({
          address: options.address,
          tls: options.tls,
          ...(options.apiKey === undefined ? {} : { apiKey: options.apiKey }),
        });
        client = createFulfillmentClient({
          client: createTemporalClient({
            connection,
            namespace: options.namespace,
            payloadKeys: options.payloadKeys,
          }),
          queues: taskQueuesOf(options.taskQueuePrefix),
        });
        log.info({ address: options.address }, "connected to Temporal");
        return;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        if (message !== reason)
          log.warn(
            { address: options.address, reason: message },
            "Temporal cannot be reached; orders wait in the outbox",
          );
        reason = message;
        await delay(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }
  const connecting = connect();

  return {
    client: () => client,
    async check() {
      if (connection === null)
        throw new Error(
          `${options.address} cannot be reached (${reason}); orders wait in the outbox until it can.`,
        );
      const { workflowService } = connection;
      await connection.withDeadline(Date.now() + 1_500, () => workflowService.getSystemInfo({}));
    },
    urlOf: (workflowId) =>
      options.uiUrl === undefined
        ? null
        : `${options.uiUrl}/namespaces/${encodeURIComponent(options.namespace)}/workflows/${encodeURIComponent(workflowId)}`,
    async close() {
      stopping.abort();
      await connecting;
      await connection?.close();
    },
  };
}
