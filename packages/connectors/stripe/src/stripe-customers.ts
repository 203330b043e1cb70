import { connectorFailure } from "@usher/connector-sdk/http";
import type { BillingCustomer, CallContext } from "@usher/connector-sdk/spec";
import type Stripe from "stripe";
import { isReplayed } from "./is-replayed.ts";
import type { StripeClient } from "./stripe-client.ts";
import { isKeyMismatch } from "./stripe-failure.ts";
import { stripeKey } from "./stripe-key.ts";
import { metadataKeys } from "./stripe-metadata.ts";

export interface StripeCustomers {
  /**
   * Stripe's id of the customer; `isNew` when it was made just now and so has no bills yet. One that
   * another process made is not, also where the search does not show it: it may have paid since.
   */
  ensure(
    customer: BillingCustomer,
    context: CallContext,
  ): Promise<{ readonly id: string; readonly isNew: boolean }>;
  /** Stripe's id of the customer, or null when there is none. */
  find(customerId: string, context: CallContext): Promise<string | null>;
  /** As `find`, and sure of it: also one that the search does not show yet. Costs more where there is none. */
  findForSure(customerId: string, context: CallContext): Promise<string | null>;
}

/** The search lags up to a minute, and after an outage at Stripe up to an hour. */
const searchLagSecondsMax = 3_600;

const rememberedMax = 20_000;

/**
 * Customers by Usher's id in their metadata. Looked for before made: an idempotency key forgets
 * after 24 hours. The search lags up to a minute, and for as long the key, which is the
 * customer's and not the order's, keeps two orders from making two customers.
 */
export function createStripeCustomers(input: {
  readonly client: StripeClient;
  readonly fallbackEmail: string | null;
  readonly now: () => number;
}): StripeCustomers {
  const { client, fallbackEmail, now } = input;
  const known = new Map<string, string>();

  function remember(customerId: string, id: string) {
    if (known.size >= rememberedMax) known.clear();
    known.set(customerId, id);
    return id;
  }

  async function find(customerId: string, context: CallContext): Promise<string | null> {
    const held = known.get(customerId);
    if (held !== undefined) return held;
    const found = await client.call(
      {
        what: "Looking for the customer",
        isWrite: false,
        run: (stripe) =>
          stripe.customers.search({
            query: `metadata["${metadataKeys.customerId}"]:"${escapeQuery(customerId)}"`,
            limit: 1,
          }),
      },
      context,
    );
    const id = found.data[0]?.id;
    return id === undefined ? null : remember(customerId, id);
  }

  /** From the list, which is never behind: of those that the search may not show yet. */
  async function findAmongNew(customerId: string, context: CallContext): Promise<string | null> {
    const since = Math.floor(now() / 1000) - searchLagSecondsMax;
    const id = await client.call(
      {
        what: "Looking for the customer among the new ones",
        isWrite: false,
        run: async (stripe) => {
          for await (const one of stripe.customers.list({ created: { gte: since }, limit: 100 })) {
            if (one.metadata[metadataKeys.customerId] === customerId) return one.id;
          }
          return null;
        },
      },
      context,
    );
    return id === null ? null : remember(customerId, id);
  }

  async function make(
    customer: BillingCustomer,
    context: CallContext,
  ): Promise<{ readonly id: string; readonly isNew: boolean }> {
    try {
      const made = await client.call(
        {
          what: `Making the customer ${customer.name}`,
          isWrite: true,
          keep: isKeyMismatch,
          run: (stripe) =>
            stripe.customers.create(toStripeCustomer({ customer, fallbackEmail }), {
              idempotencyKey: stripeKey("usher:customer", customer.customerId),
            }),
        },
        context,
      );
      return { id: remember(customer.customerId, made.id), isNew: !isReplayed(made) };
    } catch (error) {
      if (!isKeyMismatch(error)) throw error;
      throw connectorFailure({
        category: "conflict_locked",
        message: `The customer ${customer.name} was made within the last 24 hours under other particulars, and Stripe's search does not show it yet. It is looked for again in a minute.`,
        retryAfterMs: 60_000,
        cause: error,
      });
    }
  }

  return {
    find,
    findForSure: async (customerId, context) =>
      (await find(customerId, context)) ?? (await findAmongNew(customerId, context)),
    async ensure(customer, context) {
      if (customer.remoteCustomerId !== undefined && customer.remoteCustomerId !== null) {
        return { id: remember(customer.customerId, customer.remoteCustomerId), isNew: false };
      }
      const found = await find(customer.customerId, context);
      if (found !== null) return { id: found, isNew: false };
      return make(customer, context);
    },
  };
}

function toStripeCustomer(input: {
  readonly customer: BillingCustomer;
  readonly fallbackEmail: string | null;
}): Stripe.CustomerCreateParams {
  const { customer, fallbackEmail } = input;
  const email = customer.email ?? fallbackEmail;
  return {
    name: customer.name,
    ...(email === null ? {} : { email }),
    ...(customer.country === null ? {} : { address: { country: customer.country } }),
    metadata: {
      [metadataKeys.customerId]: customer.customerId,
      [metadataKeys.externalId]: customer.externalId.slice(0, 500),
    },
  };
}

/** @see https://docs.stripe.com/search#search-query-language */
function escapeQuery(text: string): string {
  return text.replace(/[\\"]/g, (character) => `\\${character}`);
}
