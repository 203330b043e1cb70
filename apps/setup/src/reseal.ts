import {
  createDatabase,
  type Database,
  listSigningKeys,
  replaceSealedKey,
  resealConnections,
} from "@usher/database";
import type { TenantId } from "@usher/entitlement-core/kernel";
import {
  type KeyEncryptionKey,
  resealConnectionSecrets,
  resealConnectionTokens,
  resealSigningKey,
} from "@usher/token-signer";
import { keksOf, type SetupConfig } from "./config.ts";

type Keks = readonly [KeyEncryptionKey, ...KeyEncryptionKey[]];

/**
 * Seals every secret of every tenant by the first key-encryption key: signing keys, connections'
 * credentials, their tokens. Hub and worker may run meanwhile, if they have both keys. Repeatable;
 * throws, with the tenant's rows as they were, when one was sealed by a key that is not given.
 */
export async function resealEverything(input: {
  readonly config: SetupConfig;
}): Promise<{ readonly tenants: number; readonly secrets: number }> {
  const keks = keksOf(input.config);
  const owner = createDatabase({
    url: input.config.databaseUrl,
    poolSize: 2,
    applicationName: "usher-setup",
  });
  try {
    const tenants = await owner.directory.tenants();
    let secrets = 0;
    for (const { id } of tenants) secrets += await resealTenant({ owner, tenantId: id, keks });
    return { tenants: tenants.length, secrets };
  } finally {
    await owner.close();
  }
}

function resealTenant({
  owner,
  tenantId,
  keks,
}: {
  readonly owner: Database;
  readonly tenantId: TenantId;
  readonly keks: Keks;
}): Promise<number> {
  return owner.withTenant({ tenantId }, async (tx) => {
    const keys = await listSigningKeys(tx);
    for (const stored of keys) {
      const sealedPrivate = resealSigningKey({ stored, keks });
      await replaceSealedKey(tx, { kid: stored.kid, sealedPrivate });
    }
    const connections = await resealConnections(tx, {
      secrets: (sealed) => resealConnectionSecrets({ sealed, keks }),
      tokens: (sealed) => resealConnectionTokens({ sealed, keks }),
    });
    return keys.length + connections;
  });
}
