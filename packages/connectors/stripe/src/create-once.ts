import { connectorFailure } from "@usher/connector-sdk/http";
import type { CallContext } from "@usher/connector-sdk/spec";
import type Stripe from "stripe";
import { isReplayed } from "./is-replayed.ts";
import type { StripeClient } from "./stripe-client.ts";
import { isKeyMismatch, isReplay } from "./stripe-failure.ts";
import { stripeKey } from "./stripe-key.ts";

const keysMax = 5;

/**
 * Creates something at most once, over any number of attempts. The key finds an earlier attempt's
 * object for 24 hours. Where it cannot, because the first attempt's failure is replayed (a stored
 * 500 included), because the parameters have changed since, or because what it made has been undone,
 * the object is looked for by metadata, and only then created under the next key in a fixed row.
 */
export async function createOnce<T extends { readonly id: string }>(input: {
  readonly client: StripeClient;
  readonly context: CallContext;
  readonly what: string;
  readonly key: string;
  readonly create: (
    stripe: Stripe,
    options: { readonly idempotencyKey: string },
  ) => Promise<Stripe.Response<T>>;
  readonly reread: (stripe: Stripe, id: string) => Promise<T>;
  /** Reads strongly consistent lists, never the search, which lags behind. */
  readonly find: () => Promise<T | null>;
  /** False for an object that was canceled or voided. */
  readonly isAlive: (made: T) => boolean;
}): Promise<T> {
  const { client, context, what, key, create, reread, find, isAlive } = input;
  for (let nth = 1; nth <= keysMax; nth += 1) {
    const idempotencyKey = nth === 1 ? key : stripeKey(key, nth);
    try {
      const made = await client.call(
        {
          what,
          isWrite: true,
          run: (stripe) => create(stripe, { idempotencyKey }),
          keep: isSpent,
        },
        context,
      );
      // A replay shows the object as it was then: it may have been canceled since.
      const current = isReplayed(made)
        ? await client.call(
            { what, isWrite: false, run: (stripe) => reread(stripe, made.id) },
            context,
          )
        : made;
      if (isAlive(current)) return current;
    } catch (error) {
      if (!isSpent(error)) throw error;
    }
    const found = await find();
    if (found !== null) return found;
  }
  throw connectorFailure({
    category: "conflict_stale",
    message: `${what}: ${keysMax} idempotency keys in a row are spent on failures or undone objects, and none is left to find. Try again in 24 hours, when Stripe forgets them.`,
    retryAfterMs: 60 * 60 * 1000,
  });
}

function isSpent(error: unknown): boolean {
  return isReplay(error) || isKeyMismatch(error);
}
