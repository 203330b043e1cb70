import type { RecordField } from "../deal/deal-fault.ts";
import type { ErrorCode } from "../errors/error-code.ts";

/** Where an order takes up again once its problem is gone. */
export type ResumePoint = "validation" | "approval" | "provisioning" | "write-back" | "undo";

/** Why an order stands at Action needed, in a sentence its reader can act on. */
export interface Problem {
  readonly code: ErrorCode;
  readonly sentence: string;
  readonly where: RecordField | null;
  readonly resumeAt: ResumePoint;
  /** Product codes that, once mapped in the catalog, wake this order by themselves. */
  readonly blockedOnProductCodes: readonly string[];
  /** Every fault found, the first of them told in `sentence`. */
  readonly faults: readonly {
    readonly code: ErrorCode;
    readonly sentence: string;
    readonly where: RecordField | null;
  }[];
}

/** Who holds an order, since when, and until when they should have acted. */
export interface WaitingOn {
  /** For people: "Finance: Dana Kim". */
  readonly who: string;
  readonly sinceIso: string;
  readonly dueIso: string | null;
}
