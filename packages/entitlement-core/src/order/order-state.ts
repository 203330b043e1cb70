import type { Problem, WaitingOn } from "./problem.ts";

/** A step with an effect that a canceled or rejected order must not leave behind. */
export type UndoableStep = "bill" | "book" | "grant";

/** The rights that exist out there now, and the revision they came from. */
export interface Access {
  readonly revision: number;
  readonly revisionHash: string;
  readonly activeFromIso: string;
  readonly activeUntilIso: string | null;
}

/** What still has to be taken back before the order is canceled or rejected. */
export interface Undoing {
  readonly becomes: "canceled" | "rejected";
  /** In the order of doing it: rights end before their bill is taken back. */
  readonly left: readonly [UndoableStep, ...UndoableStep[]];
  readonly by: string;
  readonly reason: string | null;
}

/** What every living phase knows about the revision it works on, and about what exists by now. */
interface AtRevision {
  readonly revision: number;
  readonly revisionHash: string;
  /** Null: no rights exist. An amendment keeps the rights of the revision before until it is granted itself. */
  readonly access: Access | null;
  /**
   * The revision whose provisioning was last started, so that bills of it may exist. Set before the
   * billing system is called: a call whose answer was lost is in it.
   */
  readonly billing: { readonly revision: number; readonly revisionHash: string } | null;
  /** The same of the ERP's sales orders. Left out where none can exist, as in what an older release stored. */
  readonly booking?: { readonly revision: number; readonly revisionHash: string } | undefined;
}

/**
 * The state of one order, folded from its events by `evolveOrder`.
 * `provisioned` tells whether access already exists, which a problem does not take away.
 */
export type OrderState =
  | { readonly phase: "nothing" }
  | (AtRevision & { readonly phase: "received" })
  | (AtRevision & { readonly phase: "awaiting-approval"; readonly waitingOn: WaitingOn })
  | (AtRevision & { readonly phase: "provisioning" })
  | (AtRevision & {
      readonly phase: "active";
      readonly activeFromIso: string;
      readonly activeUntilIso: string | null;
    })
  | (AtRevision & {
      readonly phase: "action-needed";
      readonly problem: Problem;
      readonly provisioned: boolean;
      /** Set when the problem came up while something was being taken back. */
      readonly undoing: Undoing | null;
    })
  | (AtRevision & { readonly phase: "undoing"; readonly undoing: Undoing })
  | (AtRevision & {
      readonly phase: "rejected";
      readonly by: string;
      readonly comment: string | null;
    })
  | (AtRevision & {
      readonly phase: "canceled";
      readonly by: string;
      readonly reason: string | null;
    })
  | (AtRevision & { readonly phase: "ended" });

export type OrderPhase = OrderState["phase"];

/** An order that was received: every state but the one before its first event. */
export type ReceivedOrder = Exclude<OrderState, { readonly phase: "nothing" }>;

/** Where the fold of an order's events begins. */
export const noOrder: OrderState = { phase: "nothing" };

/**
 * The steps whose effect may exist and would have to be undone, oldest first. A bill and a sales
 * order are counted from the moment before they were asked for.
 */
export function undoableSteps(state: OrderState): readonly UndoableStep[] {
  if (state.phase === "nothing") return [];
  return [
    ...(state.billing === null ? [] : (["bill"] as const)),
    ...(state.booking === undefined ? [] : (["book"] as const)),
    ...(state.access === null ? [] : (["grant"] as const)),
  ];
}
