import { entitlementsOfCustomers, findCustomer, issueToken, lockTokensOf } from "@usher/database";
import type { Instant } from "@usher/entitlement-core/kernel";
import { tokenClaims } from "@usher/entitlement-core/token";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { ApiProblem, notFound } from "../../../http/api-problem.ts";
import { workRoute } from "../../../http/route-handler.ts";
import type { TenantSigners } from "../../../token/tenant-signers.ts";
import { customerBy } from "../../../wire/customer-by.ts";
import { toWireToken } from "../../../wire/to-wire-token.ts";
import type { PublishedCatalogCache } from "../../order/published-catalog-cache.ts";

const defaultTtlSeconds = 30 * 86_400;

export function issueTokenRoute({
  publicUrl,
  tokenAudience,
  catalogs,
  signers,
}: Pick<ApiDependencies, "publicUrl" | "tokenAudience"> & {
  readonly catalogs: PublishedCatalogCache;
  readonly signers: TenantSigners;
}) {
  return workRoute("issueToken", async ({ body, request, tx }) => {
    const customer = await findCustomer(tx, customerBy(body.customer));
    if (customer === null) throw notFound("customer");
    await lockTokensOf(tx, [customer.id]);
    const entitlements = await entitlementsOfCustomers(tx, [customer.id]);
    const features = (await catalogs.load(tx))?.features ?? [];
    const signer = await signers.signerOf({ tx, now: request.now });
    const token = await issueToken(tx, {
      customerId: customer.id,
      orderId: null,
      sign: ({ jti, statusListId, index }) => {
        const claims = tokenClaims({
          issuer: publicUrl,
          audience: tokenAudience,
          customer: customer.id,
          entitlements,
          features,
          now: request.now as Instant,
          jti,
          statusList: { index, uri: `${publicUrl}/v1/status_lists/${statusListId}` },
          ttlSecondsMax: body.ttl_seconds ?? defaultTtlSeconds,
        });
        if (!claims.ok) {
          throw new ApiProblem(
            "nothing_to_sign",
            `${customer.name} holds nothing now that a token could carry. Look at /v1/customers/${customer.id}/entitlements.`,
          );
        }
        return { ...signer.signToken(claims.value), claims: claims.value };
      },
    });
    return { body: toWireToken(token), headers: { Location: `/v1/tokens/${token.jti}` } };
  });
}
