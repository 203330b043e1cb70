import { statusListClaims } from "@usher/token-signer";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { notFound } from "../../../http/api-problem.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import type { TenantSigners } from "../../../token/tenant-signers.ts";

/** Seconds a holder may wait before asking for a newer list, and how long a copy can be replayed. */
const ttlSeconds = 60;
const lifeSeconds = 86_400;

interface SignedList {
  readonly version: number;
  readonly kid: string;
  readonly signedAt: number;
  readonly compact: string;
}

export function getStatusListRoute({
  database,
  publicUrl,
  signers,
}: Pick<ApiDependencies, "database" | "publicUrl"> & { readonly signers: TenantSigners }) {
  // A signed list is good while nothing was revoked: signing it for every asker would cost the key's time.
  const signed = new Map<string, SignedList>();
  return plainRoute("getStatusList", async ({ params, request }) => {
    const list = await database.directory.findStatusList(params.id);
    if (list === null) throw notFound("status list");
    const signer = await database.withTenant({ tenantId: list.tenantId }, (tx) =>
      signers.signerOf({ tx, now: request.now }),
    );
    const known = signed.get(params.id);
    const isGood =
      known !== undefined &&
      known.version === list.version &&
      known.kid === signer.kid &&
      request.now - known.signedAt < ttlSeconds * 1_000;
    const compact = isGood
      ? known.compact
      : signer.signStatusList(
          statusListClaims({
            issuer: publicUrl,
            uri: `${publicUrl}/v1/status_lists/${params.id}`,
            bits: list.bits,
            now: request.now,
            ttlSeconds,
            lifeSeconds,
          }),
        ).compact;
    if (!isGood) {
      if (signed.size > 1_000) signed.clear();
      signed.set(params.id, {
        version: list.version,
        kid: signer.kid,
        signedAt: request.now,
        compact,
      });
    }
    return { body: compact, headers: { "Cache-Control": `public, max-age=${ttlSeconds}` } };
  });
}
