import type { HttpAnswer } from "../http-answer.ts";
import type { Row } from "../store/table.ts";

export interface CustomerRow extends Row {
  readonly externalId: string | null;
  readonly entityId: string;
  readonly companyName: string;
  readonly subsidiary: string | null;
  readonly country: string | null;
  /** Ids of the currencies the customer may be billed in; the first is the primary one. */
  readonly currencies: readonly string[];
  readonly lastModifiedMs: number;
}

export const ITEM_TYPES = ["nonInventorySaleItem", "serviceSaleItem"] as const;
export type ItemType = (typeof ITEM_TYPES)[number];

export interface ItemRow extends Row {
  readonly type: ItemType;
  readonly externalId: string | null;
  /** The name in the item list: the seller's own code. Unique. */
  readonly itemId: string;
  readonly displayName: string;
  readonly incomeAccount: string;
  readonly isInactive: boolean;
}

export const TRANSACTION_TYPES = ["salesOrder", "invoice", "creditMemo"] as const;
export type TransactionType = (typeof TRANSACTION_TYPES)[number];

/** Decimals are text: no amount passes through floating point. */
export interface TransactionLine {
  /** Key of the line within its transaction; never given again. */
  readonly line: number;
  readonly item: string;
  readonly quantity: string;
  readonly rate: string;
  readonly amount: string;
  readonly description: string | null;
  readonly isClosed: boolean;
  readonly quantityBilled: string;
  /** Of an invoice's line: the sales order's line it bills. */
  readonly orderLine: number | null;
  /** Custom columns by script id. */
  readonly custom: Readonly<Record<string, string | number>>;
}

export interface TransactionRow extends Row {
  readonly type: TransactionType;
  readonly externalId: string | null;
  readonly tranId: string;
  readonly entity: string;
  readonly currency: string;
  readonly memo: string | null;
  readonly createdFrom: string | null;
  readonly lines: readonly TransactionLine[];
  readonly nextLine: number;
  /** Custom body fields by script id. */
  readonly custom: Readonly<Record<string, string | number>>;
  /** Of a sales order: a person, or the preference of the account, has approved it. */
  readonly isApproved: boolean;
  /** Of an invoice or a credit. */
  readonly standing: "open" | "settled" | "voided" | "pendingApproval" | "rejected";
  readonly lastModifiedMs: number;
}

/** A request that was put aside, and what became of it. */
export interface JobRow extends Row {
  readonly idempotencyKey: string | null;
  readonly dueMs: number;
  readonly request: {
    readonly method: string;
    /** With query. */
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  /** Null while it waits. */
  readonly result: HttpAnswer | null;
}
