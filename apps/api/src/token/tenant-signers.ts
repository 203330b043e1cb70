import {
  changeSigningKeys,
  listSigningKeys,
  type SigningKey,
  type SigningKeyPlan,
  type TenantTransaction,
} from "@usher/database";
import type { TenantId } from "@usher/entitlement-core/kernel";
import {
  createSigner,
  generateSigningKey,
  type KeyEncryptionKey,
  openSigningKey,
  type Signer,
  sealSigningKey,
} from "@usher/token-signer";

export interface TenantSigners {
  /** Signs with the tenant's current key; a tenant without keys gets its first ones. */
  signerOf(input: { readonly tx: TenantTransaction; readonly now: number }): Promise<Signer>;
}

/** A rotation elsewhere is followed within this time; the retired key is published far longer. */
const keptMs = 30_000;

/** Opened signing keys stay in memory for seconds: unsealing them for each token would cost more than signing. */
export function createTenantSigners({
  keks,
}: {
  readonly keks: readonly [KeyEncryptionKey, ...KeyEncryptionKey[]];
}): TenantSigners {
  const kept = new Map<TenantId, { readonly signer: Signer; readonly at: number }>();
  return {
    async signerOf({ tx, now }) {
      const known = kept.get(tx.tenantId);
      if (known !== undefined && now - known.at < keptMs) return known.signer;
      const listed = await listSigningKeys(tx);
      const keys = listed.some((key) => key.status === "current")
        ? listed
        : await makeFirstKeys(tx, keks[0]);
      const signer = createSigner({
        keys: keys.filter((key) => key.status !== "retired").map((key) => open(key, keks)),
      });
      kept.set(tx.tenantId, { signer, at: now });
      return signer;
    },
  };
}

/** The first key signs at once; the next one is published well before its turn. Whoever comes second finds them made. */
async function makeFirstKeys(
  tx: TenantTransaction,
  kek: KeyEncryptionKey,
): Promise<readonly SigningKey[]> {
  await changeSigningKeys(tx, (keys) => addIfMissing({ keys, kek, status: "current" }));
  return changeSigningKeys(tx, (keys) => addIfMissing({ keys, kek, status: "next" }));
}

function addIfMissing({
  keys,
  kek,
  status,
}: {
  readonly keys: readonly SigningKey[];
  readonly kek: KeyEncryptionKey;
  readonly status: "current" | "next";
}): SigningKeyPlan {
  const isThere = keys.some((key) => key.status === status);
  return { changes: [], add: isThere ? null : { key: freshKey(kek), status } };
}

function freshKey(kek: KeyEncryptionKey) {
  return sealSigningKey({ key: generateSigningKey(), kek });
}

function open(key: SigningKey, keks: readonly KeyEncryptionKey[]) {
  return { ...openSigningKey({ stored: key, keks }), state: key.status };
}
