/** Who is asked: one user by e-mail address, or every user who belongs to a group. */
export type Approver = { readonly user: string } | { readonly group: string };

/** How many yeses settle a stage. One no always settles it. */
export type Quorum =
  | { readonly kind: "any" }
  | { readonly kind: "all" }
  | { readonly kind: "count"; readonly count: number };

/**
 * What makes a rule match an order. Percentages are of list price, over the whole line.
 * `above` bounds are exclusive: a discount of exactly 20 % is not above 20 %.
 */
export type ApprovalCondition =
  | { readonly fact: "discount-percent"; readonly above: number }
  | { readonly fact: "total-value"; readonly aboveMinor: number; readonly currency: string }
  | { readonly fact: "term-months"; readonly above: number }
  | { readonly fact: "country"; readonly isOneOf: readonly string[] }
  | { readonly fact: "country"; readonly isNotOneOf: readonly string[] }
  | { readonly fact: "sku-class"; readonly isOneOf: readonly string[] }
  | { readonly fact: "first-order-of-customer" }
  | { readonly fact: "always" };

/** One stage of the path: asked when any of its conditions matches. */
export interface ApprovalStageRule {
  readonly key: string;
  readonly name: string;
  readonly when: readonly ApprovalCondition[];
  readonly approvers: readonly Approver[];
  readonly quorum: Quorum;
  /** Stages with the same step are asked at once; a higher step waits for all lower ones. */
  readonly step: number;
  readonly dueAfterHours: number;
  /** What silence past the due instant means. It never means yes. */
  readonly whenSilent: "park" | "deny";
}

export interface ApprovalPolicy {
  readonly stages: readonly ApprovalStageRule[];
}
