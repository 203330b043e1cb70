import type { Stripe } from "stripe";

/**
 * A resource as its JSON: what the SDK's types say, with decimals as strings. Every answer of the
 * simulator is held to it by `satisfies`.
 */
export type Wire<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends Stripe.Decimal
    ? string
    : T extends readonly (infer Item)[]
      ? Wire<Item>[]
      : T extends object
        ? { [Key in keyof T]: Wire<T[Key]> }
        : T;

/** A list as it stands inside another resource. */
export interface WireList<T> {
  readonly object: "list";
  readonly data: T[];
  readonly has_more: boolean;
  readonly url: string;
}

export function wireList<T>(url: string, data: T[], hasMore = false): WireList<T> {
  return { object: "list", data, has_more: hasMore, url };
}
