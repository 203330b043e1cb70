import { canonicalHash } from "../kernel/canonical-hash.ts";
import type { OrderContent } from "./order-content.ts";

/**
 * The hash that every approval decision is bound to: SHA-256 over the content's canonical JSON
 * (RFC 8785), lower-case hex. The order of keys does not matter; every value does.
 */
export function hashOrderContent(content: OrderContent): string {
  return canonicalHash(content);
}
