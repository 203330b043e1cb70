import type { ConnectorDefinition } from "@usher/connector-sdk/spec";
import type { Database } from "@usher/database";
import type { FulfillmentClient } from "@usher/temporal-client";
import type { KeyEncryptionKey } from "@usher/token-signer";
import type { Logger } from "./observability/create-logger.ts";

/** What Temporal is to the API: something to tell, and something to look at. */
export interface TemporalDoor {
  /** Null while Temporal cannot be reached: the outbox then delivers later. */
  client(): FulfillmentClient | null;
  /** Rejects with the reason when Temporal does not answer. */
  check(): Promise<void>;
  /** Temporal's own screen of a workflow, for operators; null when none is configured. */
  urlOf(workflowId: string): string | null;
}

export interface ApiLimits {
  /** Requests a key may make in a second, checks apart. */
  readonly requestsPerSecond: number;
  readonly checksPerSecond: number;
  readonly requestTimeoutMs: number;
}

export const defaultLimits: ApiLimits = {
  requestsPerSecond: 2_000,
  checksPerSecond: 100_000,
  requestTimeoutMs: 30_000,
};

/** A connector package that could not be loaded; all others work. */
export interface BrokenConnector {
  /** Its folder, which is its vendor. */
  readonly id: string;
  /** One sentence for an operator: which package, and why. */
  readonly problem: string;
}

/** Everything the API needs and does not make itself. */
export interface ApiDependencies {
  readonly database: Database;
  readonly temporal: TemporalDoor;
  /** Vendors whose webhooks can be verified, by connector id. */
  readonly connectors: ReadonlyMap<string, ConnectorDefinition>;
  readonly brokenConnectors?: readonly BrokenConnector[];
  /** Seals connection secrets, opens signing keys. The first seals. */
  readonly keks: readonly [KeyEncryptionKey, ...KeyEncryptionKey[]];
  /** Where people and products reach the hub, without a slash at the end; issuer of tokens. */
  readonly publicUrl: string;
  readonly tokenAudience: string;
  readonly log: Logger;
  readonly clock: () => number;
  readonly limits?: Partial<ApiLimits>;
}
