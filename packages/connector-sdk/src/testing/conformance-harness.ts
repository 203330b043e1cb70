import type { BillingOrder } from "../spec/billing-connector.ts";
import type { CallContext } from "../spec/call-context.ts";
import type { ConnectorErrorCategory } from "../spec/connector-error.ts";
import type {
  ConnectedSystem,
  ConnectorDefinition,
  ConnectorDependencies,
} from "../spec/connector-manifest.ts";
import type { Checkpoint, DealStatus } from "../spec/crm-connector.ts";
import type { ErpOrder } from "../spec/erp-connector.ts";
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
 *
 * Optional parts switch checks on. A part that the connector's own abilities ask for and that is
 * missing leaves its checks unproven, which no run accepts: add the part, or skip them with a reason.
 */
export interface ConformanceHarness {
  readonly peerUrl: string;
  /** Connects to `url`, which is the proxy's. Each call gives a system with nothing in memory. */
  connect(
    input: {
      readonly url: string;
      /** Rows a page of the read stream; the harness's usual size when left out. */
      readonly pageSize?: number;
    } & ConnectorDependencies,
  ): ConnectedSystem;
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
  readonly definition?: DefinitionConformance;
  readonly tokens?: TokenConformance;
  readonly answers?: AnswerConformance;
  readonly crm?: CrmConformance;
  readonly billing?: BillingConformance;
  readonly erp?: ErpConformance;
  readonly webhooks?: WebhookConformance;
  readonly subscriptions?: SubscriptionConformance;
  stop(): Promise<void>;
}

export interface DefinitionConformance {
  readonly connector: ConnectorDefinition;
  /** A good configuration for `url`, secrets included. */
  config(url: string): Readonly<Record<string, unknown>>;
}

export interface TokenConformance {
  isTokenRequest(request: ProxiedRequest): boolean;
}

/** How the vendor says no. */
export interface AnswerConformance {
  /** The credentials are good, the right is missing. */
  readonly forbidden: VendorAnswer;
  /** Somebody else holds the record of a write. Null where the vendor has no such answer. */
  readonly locked: VendorAnswer | null;
  /** The day's calls are used up. Null where the vendor has no such limit. */
  readonly quotaExhausted: VendorAnswer | null;
  /** An answer with the vendor's request id in it, and that id. Null where the vendor gives none. */
  readonly withRequestId: { readonly answer: VendorAnswer; readonly requestId: string } | null;
  /** The vendor's codes with what each means; a 200 that is an error belongs here too. */
  readonly table: readonly VendorAnswerRow[];
}

export interface VendorAnswerRow {
  readonly name: string;
  readonly to: "read" | "write";
  readonly answer: VendorAnswer;
  readonly category: ConnectorErrorCategory;
}

/** A won deal with one line, as a person would enter it. */
export interface DealToSeed {
  readonly name: string;
  readonly accountName: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Decimal strings. */
  readonly quantity: string;
  readonly unitPrice: string;
  /** `YYYY-MM-DD` */
  readonly closedOn: string;
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
  /** Well-formed, and of no deal. */
  readonly unknownDealId?: string;
  /** A won deal of just this content. Its id. */
  seedDeal?(deal: DealToSeed): Promise<string>;
  /** Deletes a deal as a person would. */
  remove?(dealId: string): Promise<void>;
  /** While on, the peer puts fewer rows on a page than it was asked for, and says that there are more. */
  answerShortPages?(isOn: boolean): Promise<void>;
  /** `checkpoint`, moved years ahead of the vendor's clock. */
  futureCheckpoint?(checkpoint: Checkpoint): Checkpoint;
  /** The vendor's answer without a field that the deal must have. */
  spoilDeal?(input: { readonly answer: string; readonly dealId: string }): string;
  /** Most rows one query of the peer yields however it is paged; null where there is no such cap. */
  readonly resultCap?: number | null;
  /** The peer forgets its past: what it said until now is no longer there to go on from. Null where nothing is forgotten. */
  readonly forgetPast?: (() => Promise<void>) | null;
}

export interface BillingConformance {
  /** A new order of a new customer each time, revision 1. */
  anOrder(): BillingOrder;
  /** Living bills of the order, and customers of that id, counted at the peer itself. */
  count(order: BillingOrder): Promise<{ readonly bills: number; readonly customers: number }>;
  /** A person closes what was billed, such as by paying it. */
  close?(order: BillingOrder): Promise<void>;
  /** Genuine events of the order's bills, oldest first, each as `readChange` is given it. */
  events?(
    order: BillingOrder,
  ): Promise<readonly { readonly eventId: string; readonly body: unknown }[]>;
  /** For a system that keeps a log of what it announced. */
  readonly announcements?: AnnouncementConformance;
}

export interface AnnouncementConformance {
  /** Events a page of the log; the kit announces more than fit on two. */
  readonly pageSize: number;
  readonly overlapMs: number;
  /**
   * So many things happen to bills over there, stamped `agoMs` before now by the vendor, and can be
   * read from now on. The events' ids, as a webhook would bring them.
   */
  announce(input: { readonly count: number; readonly agoMs: number }): Promise<readonly string[]>;
  /** `checkpoint`, moved years ahead of the vendor's clock. */
  futureCheckpoint?(checkpoint: Checkpoint): Checkpoint;
  /**
   * The vendor forgets what it announced until now. The checkpoint of a reader who has been away
   * for so long: `checkpoint`, or it as it would be. Null where nothing is forgotten.
   */
  readonly forgetPast?: ((checkpoint: Checkpoint) => Promise<Checkpoint>) | null;
}

export interface ErpConformance {
  /** A new order of a new customer each time, revision 1. */
  anOrder(): ErpOrder;
  /** Sales orders that stand for the order, and customers of that id, counted at the peer itself. */
  count(order: ErpOrder): Promise<{ readonly orders: number; readonly customers: number }>;
  /** A person closes the order over there, such as by posting its invoice. */
  close?(order: ErpOrder): Promise<void>;
}

/** An event the kit has signed; `isBroken`: it lacks what every event of the vendor has. */
export interface EventToSign {
  readonly eventId: string;
  readonly dealId: string | null;
  /** Of the event itself, epoch milliseconds. */
  readonly occurredAtMs: number;
  readonly type?: string;
  readonly isBroken?: boolean;
}

export interface WebhookConformance {
  /** A genuine request, signed with `secret` at `timestamp` (Unix seconds). */
  sign(input: { readonly secret: string; readonly timestamp: number }): InboundRequest;
  /** Of the header that carries the signature, lower case. */
  readonly signatureHeader: string;
  /** The same with these events, at most `eventsPerRequestMax`. */
  signEvents?(input: {
    readonly secret: string;
    readonly timestamp: number;
    readonly events: readonly EventToSign[];
  }): InboundRequest;
  readonly eventsPerRequestMax?: number;
  /** Answers to a refused request that the vendor's retry rules allow. */
  readonly refusalStatuses?: readonly number[];
}

export interface SubscriptionConformance {
  /** The handshake the vendor sends, and what it must be answered. */
  handshake(): {
    readonly request: InboundRequest & { readonly query: string };
    readonly answer: string;
  };
  /** Living subscriptions at the peer. */
  count(): Promise<number>;
  /** The vendor drops every subscription. */
  drop(): Promise<void>;
}
