import type { CustomerId, Instant, TenantId } from "@usher/entitlement-core/kernel";

export interface CustomerOfTenant {
  readonly tenantId: TenantId;
  readonly customerId: CustomerId;
}

/** Which customers are to be read again when a clock passes an instant, though nobody writes anything then. */
export interface ReadAgainAgenda {
  note(customer: CustomerOfTenant & { readonly at: Instant }): void;
  /** Those whose instant has come. They stay until `forget`, so that a failed read is tried again. */
  due(now: number): readonly CustomerOfTenant[];
  /** Everything up to `now`. */
  forget(now: number): void;
}

/** By instant: usage periods start with days, so a hundred thousand customers share a few of them. */
export function createReadAgainAgenda(): ReadAgainAgenda {
  const customersAt = new Map<Instant, Map<CustomerId, CustomerOfTenant>>();
  const passed = (now: number) => [...customersAt.keys()].filter((at) => at <= now);
  return {
    note({ tenantId, customerId, at }) {
      const customers = customersAt.get(at) ?? new Map<CustomerId, CustomerOfTenant>();
      customersAt.set(at, customers.set(customerId, { tenantId, customerId }));
    },
    due: (now) => passed(now).flatMap((at) => [...(customersAt.get(at)?.values() ?? [])]),
    forget(now) {
      for (const at of passed(now)) customersAt.delete(at);
    },
  };
}
