/** A parsed SOQL query: names as written, nothing looked up yet. */
export interface SoqlQuery {
  readonly select: readonly SelectItem[];
  readonly from: string;
  readonly where: Condition | undefined;
  readonly orderBy: readonly OrderItem[];
  readonly limit: number | undefined;
  readonly offset: number;
  /** `ALL ROWS`: deleted records too, where the operation allows it. */
  readonly allRows: boolean;
}

export type SelectItem =
  | { readonly kind: "field"; readonly path: Path }
  | { readonly kind: "children"; readonly query: SoqlQuery }
  | { readonly kind: "count" };

/** `Account.Owner.Email` is `["Account", "Owner", "Email"]`. */
export type Path = readonly string[];

export interface OrderItem {
  readonly path: Path;
  readonly isDescending: boolean;
  readonly nullsLast: boolean;
}

export type Operator = "=" | "!=" | "<" | ">" | "<=" | ">=" | "LIKE";

export type Condition =
  | { readonly kind: "and" | "or"; readonly items: readonly Condition[] }
  | { readonly kind: "not"; readonly item: Condition }
  | {
      readonly kind: "compare";
      readonly path: Path;
      readonly operator: Operator;
      readonly value: Literal;
    }
  | {
      readonly kind: "in";
      readonly path: Path;
      readonly isNegated: boolean;
      readonly values: readonly Literal[];
    }
  | {
      readonly kind: "inQuery";
      readonly path: Path;
      readonly isNegated: boolean;
      readonly query: SoqlQuery;
    };

export type Literal =
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "null" }
  | { readonly kind: "datetime"; readonly ms: number }
  | { readonly kind: "date"; readonly day: string }
  /** TODAY, YESTERDAY, LAST_N_DAYS:7 … */
  | { readonly kind: "relativeDate"; readonly name: string; readonly count: number };
