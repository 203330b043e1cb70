import {
  changeSigningKeys,
  type SigningKey,
  type SigningKeyPlan,
  type TenantTransaction,
} from "@usher/database";
import type { Instant } from "@usher/entitlement-core/kernel";
import {
  generateSigningKey,
  type KeyEncryptionKey,
  planKeyRotation,
  sealSigningKey,
} from "@usher/token-signer";

/** A verifier may keep the key set this long, so a key is published that much before it signs. */
export const publishAheadMs = 24 * 60 * 60_000;
/** The longest a token lives: a retired key is published until then. */
const tokenLifeMsMax = 366 * 24 * 60 * 60_000;

/** Gives the tenant a key that signs and a next one, where it has none. Never rotates. */
export async function ensureSigningKeys(
  tx: TenantTransaction,
  { kek, now }: { readonly kek: KeyEncryptionKey; readonly now: number },
): Promise<void> {
  const makeMissing = (keys: readonly SigningKey[]): SigningKeyPlan => {
    const { changes, generate } = plan({ keys, now });
    return changes.length > 0 || generate === null
      ? nothing
      : { changes: [], add: { key: fresh(kek), status: generate } };
  };
  // First the key that signs, then the next one.
  await changeSigningKeys(tx, makeMissing);
  await changeSigningKeys(tx, makeMissing);
}

/**
 * The next key signs from now on, the one before stays published until its last token has ended.
 * Nothing changes while the next key has not been published for a day. Answers whether it rotated.
 */
export async function rotateSigningKeys(
  tx: TenantTransaction,
  { kek, now }: { readonly kek: KeyEncryptionKey; readonly now: number },
): Promise<boolean> {
  let isRotated = false;
  await changeSigningKeys(tx, (keys) => {
    const { changes, generate } = plan({ keys, now });
    isRotated = changes.length > 0;
    return {
      changes: changes.map(({ kid, state, retireAt }) => ({
        kid,
        status: state,
        retireAt: retireAt as Instant | null,
      })),
      add: generate === null ? null : { key: fresh(kek), status: generate },
    };
  });
  return isRotated;
}

const nothing: SigningKeyPlan = { changes: [], add: null };

const plan = ({ keys, now }: { readonly keys: readonly SigningKey[]; readonly now: number }) =>
  planKeyRotation({
    keys: keys.map(({ kid, status, createdAt, retireAt }) => ({
      kid,
      state: status,
      createdAt,
      retireAt,
    })),
    now,
    publishAheadMs,
    tokenLifeMsMax,
  });

const fresh = (kek: KeyEncryptionKey) => sealSigningKey({ key: generateSigningKey(), kek });
