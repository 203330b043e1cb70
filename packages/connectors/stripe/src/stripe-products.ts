import { createHash } from "node:crypto";
import type { CallContext } from "@usher/connector-sdk/spec";
import type { StripeClient } from "./stripe-client.ts";
import { hasStripeCode } from "./stripe-failure.ts";
import { stripeKey } from "./stripe-key.ts";
import { metadataKeys } from "./stripe-metadata.ts";

export interface StripeProducts {
  /** The id of the sku's product, made on first use. One call a sku and process. */
  ensure(
    line: { readonly sku: string; readonly name: string },
    context: CallContext,
  ): Promise<string>;
}

/** One product a sku, under an id that follows from the sku: there is nothing to look up, and no second one can come to be. */
export function createStripeProducts({
  client,
}: {
  readonly client: StripeClient;
}): StripeProducts {
  const known = new Map<string, Promise<string>>();

  async function make(line: { readonly sku: string; readonly name: string }, context: CallContext) {
    const id = productId(line.sku);
    try {
      await client.call(
        {
          what: `Making the product of ${line.sku}`,
          isWrite: true,
          keep: alreadyExists,
          run: (stripe) =>
            stripe.products.create(
              { id, name: line.name, metadata: { [metadataKeys.sku]: line.sku.slice(0, 500) } },
              { idempotencyKey: stripeKey("usher:product", id, hash(line.name)) },
            ),
        },
        context,
      );
    } catch (error) {
      if (!alreadyExists(error)) throw error;
    }
    return id;
  }

  return {
    ensure(line, context) {
      const pending = known.get(line.sku);
      if (pending !== undefined) return pending;
      const made = make(line, context);
      known.set(line.sku, made);
      made.catch(() => known.delete(line.sku));
      return made;
    },
  };
}

/** Readable where the sku allows it, and always distinct. */
export function productId(sku: string): string {
  const readable = sku.replace(/[^A-Za-z0-9_-]/g, "-").slice(0, 60);
  return readable === sku ? `usher_${sku}` : `usher_${readable}_${hash(sku)}`;
}

function alreadyExists(error: unknown): boolean {
  return hasStripeCode(error, "resource_already_exists");
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
