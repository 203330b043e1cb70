/**
 * How much of something is allowed. There are exactly three states and none of them is null:
 * an absent limit denies, and only the word `unlimited` removes the bound.
 */
export type Limit =
  | { readonly kind: "none" }
  | { readonly kind: "limited"; readonly amount: number }
  | { readonly kind: "unlimited" };
