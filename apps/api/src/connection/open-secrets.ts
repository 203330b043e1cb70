import type { SealedConnection } from "@usher/database";
import { type ConnectionSecrets, openConnectionSecrets } from "@usher/token-signer";
import type { ApiDependencies } from "../api-dependencies.ts";

/** A connection's secrets, or the sentence why they do not open: a key-encryption key is missing. */
export function openSecrets(
  { keks }: Pick<ApiDependencies, "keks">,
  { sealedSecrets, name }: Pick<SealedConnection, "sealedSecrets" | "name">,
): { readonly secrets: ConnectionSecrets } | { readonly problem: string } {
  try {
    return { secrets: openConnectionSecrets({ sealed: sealedSecrets, keks }) };
  } catch (error) {
    // Its message names the key and no secret.
    const because = error instanceof Error ? error.message : String(error);
    return {
      problem: `${because} Put that key behind the one in USHER_KEY_ENCRYPTION_KEY, or add “${name}” again with its secrets.`,
    };
  }
}
