import type { BillingOrder } from "../spec/billing-connector.ts";
import type { CallContext } from "../spec/call-context.ts";
import type { ConnectedSystem, ConnectorDependencies } from "../spec/connector-manifest.ts";
import type { DealStatus } from "../spec/crm-connector.ts";
import type { InboundRequest } from "../spec/webhook.ts";
import type { ProxiedRequest } from "./fault-proxy.ts";

/** What a vendor answers in a certain weather. */
export interface VendorAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * A connector and its peer, as the conformance kit drives them. The peer is a server of its own: a
 * simulator or the vendor's real software. The kit puts its fault proxy in front of it.
 */
export interface ConformanceHarness {
  readonly peerUrl: string;
  /** Connects to `url`, which is the proxy's. Each call gives a system with nothing in memory. */
  connect(input: { readonly url: string } & ConnectorDependencies): ConnectedSystem;
  readonly concurrentCallsMax: number;
  /** Of the configuration and of what the peer was seeded with: they may show up in no log and no error. */
  readonly secrets: readonly string[];
  /** One read that costs one request once the connection is warm. */
  read(system: ConnectedSystem, context: CallContext): Promise<unknown>;
  /** One write, of something new on each call. */
  write(system: ConnectedSystem, context: CallContext): Promise<unknown>;
  /** True for a request that changes something over there; asking for a token is none. */
  isWrite(request: ProxiedRequest): boolean;
  /** How the vendor refuses credentials. */
  readonly unauthorized: VendorAnswer;
  readonly crm?: CrmConformance;
  readonly billing?: BillingConformance;
  readonly webhooks?: WebhookConformance;
  stop(): Promise<void>;
}

export interface CrmConformance {
  /** Of the configured connection; the kit seeds a few more deals than fit on a page. */
  readonly pageSize: number;
  /** Won deals that all carry the same stamp. Their ids. */
  seedEqualStamps(input: { readonly count: number }): Promise<readonly string[]>;
  /** A won deal that becomes visible now, stamped `agoMs` before now. Its id. */
  commitLate(input: { readonly agoMs: number }): Promise<string>;
  readonly overlapMs: number;
  /** What the deal shows of its order now. */
  readStatus(
    dealId: string,
  ): Promise<{ readonly sequence: number | null; readonly status: string | null }>;
  aStatus(change: Partial<DealStatus>): DealStatus;
}

export interface BillingConformance {
  /** A new order of a new customer each time, revision 1. */
  anOrder(): BillingOrder;
  /** Living bills of the order, and customers of that id, counted at the peer itself. */
  count(order: BillingOrder): Promise<{ readonly bills: number; readonly customers: number }>;
}

export interface WebhookConformance {
  /** A genuine request, signed with `secret` at `timestamp` (Unix seconds). */
  sign(input: { readonly secret: string; readonly timestamp: number }): InboundRequest;
  /** Of the header that carries the signature, lower case. */
  readonly signatureHeader: string;
}
