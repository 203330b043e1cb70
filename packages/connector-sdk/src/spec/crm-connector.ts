import type { Deal } from "@usher/entitlement-core/deal";
import type { CallContext } from "./call-context.ts";

/** Where a read stream stands. Opaque to everyone but its connector; a flat JSON object that survives redeploys. */
export type Checkpoint = Readonly<Record<string, string | number | boolean | null>>;

/** A deal changed out there. A hint: the deal is re-read before anything is decided. */
export interface DealChange {
  readonly dealId: string;
  /** The CRM's version of the record, as far as the page knew. */
  readonly version: string;
}

export interface DealPage {
  readonly changes: readonly DealChange[];
  readonly checkpoint: Checkpoint;
  /** False when the stream has been read up to now. */
  readonly hasMore: boolean;
  /**
   * True on the first page of a read that had to begin again, because the vendor has forgotten what
   * happened since the checkpoint. Nothing is lost by it, but it takes longer: tell the operator.
   */
  readonly isFullRead?: boolean;
}

/** What the CRM is to show about an order. Written only when something differs; `sequence` only ever grows. */
export interface DealStatus {
  readonly orderId: string;
  readonly sequence: number;
  readonly status: string;
  readonly waitingOn: string | null;
  readonly dueAtIso: string | null;
  readonly activeFromIso: string | null;
  readonly activeUntilIso: string | null;
  readonly problem: string | null;
  readonly summary: string;
  readonly url: string;
}

export type StatusWriteResult = "written" | "unchanged" | "outrun";

/** What a set-up made and what it found; names as the CRM has them. */
export interface FieldSetUp {
  readonly created: readonly string[];
  readonly existed: readonly string[];
}

/** A deal for people to work on, since what an order sold runs out. */
export interface RenewalDeal {
  /** Whose renewal it is: an order has one, however often it is asked for. */
  readonly orderId: string;
  /** The deal that was won. Its account, owner, currency and lines are taken over as they stand there now. */
  readonly dealId: string;
  readonly name: string;
  /** Calendar date, such as `2027-11-30`, by which it should be closed. */
  readonly closesOn: string;
  /** Calendar date of the first day of what follows. */
  readonly startsOn: string;
}

export interface OpenedDeal {
  readonly dealId: string;
  /** True when it was opened before; what people made of it since is left as it is. */
  readonly wasThere: boolean;
}

/** What a CRM must be able to do for Usher. Every method throws `ConnectorError` and nothing else. */
export interface CrmConnector {
  /** Read-only: proves that credentials, rights and fields are there. */
  check(context: CallContext): Promise<void>;
  /**
   * Creates the fields that Usher writes, where they are missing, and changes none that is there.
   * Repeatable. Left out by a CRM whose fields are deployed with its own tools.
   */
  setUpFields?(context: CallContext): Promise<FieldSetUp>;
  /**
   * One page of deals that changed since `checkpoint` (null: from the beginning). Safe to repeat; may
   * repeat changes. Handing a page's checkpoint back says that the page's changes were stored: store
   * both in one transaction.
   */
  readChanges(
    input: { readonly checkpoint: Checkpoint | null },
    context: CallContext,
  ): Promise<DealPage>;
  /** Deals by id with their lines, as they are now. A deal that is gone is missing from the answer. At most 200 ids. */
  readDeals(
    input: { readonly dealIds: readonly string[] },
    context: CallContext,
  ): Promise<readonly Deal[]>;
  /** Tells the deal where its order stands. `outrun`: the CRM already shows a later sequence. */
  writeStatus(
    input: { readonly dealId: string; readonly status: DealStatus },
    context: CallContext,
  ): Promise<StatusWriteResult>;
  /** The same for many deals in as few calls as the vendor allows; one result an input, in order. */
  writeStatuses(
    input: { readonly writes: readonly { readonly dealId: string; readonly status: DealStatus }[] },
    context: CallContext,
  ): Promise<
    readonly (
      | StatusWriteResult
      | { readonly error: import("./connector-error.ts").ConnectorErrorDetail }
    )[]
  >;
  /**
   * Opens the renewal of an order's deal, open and not won, or finds the one that an earlier attempt
   * opened. Left out where the connection was not told how.
   */
  openRenewalDeal?(input: RenewalDeal, context: CallContext): Promise<OpenedDeal>;
}
