import { type CustomerId, isId } from "@usher/entitlement-core/kernel";

/** `cus_…` or `ext:<external id>`. What is neither names an id that cannot exist. */
export function customerBy(
  reference: string,
): { readonly id: CustomerId } | { readonly externalId: string } {
  if (reference.startsWith("ext:")) return { externalId: reference.slice("ext:".length) };
  if (isId("customer", reference)) return { id: reference };
  return { id: "cus_unknown" as CustomerId };
}
