import { listSigningKeys, type SignedToken, type TenantTransaction } from "@usher/database";
import type { PublishedCatalog } from "@usher/entitlement-core/catalog";
import type { Entitlement } from "@usher/entitlement-core/entitlement";
import type { CustomerId, Instant, StatusListId, TokenId } from "@usher/entitlement-core/kernel";
import { tokenClaims, tokenTtlSecondsMax } from "@usher/entitlement-core/token";
import {
  createSigner,
  type KeyEncryptionKey,
  openSigningKey,
  type Signer,
} from "@usher/token-signer";

export interface TokenToSign {
  readonly customerId: CustomerId;
  /** Every right of the customer as it will hold once the transaction commits. */
  readonly entitlements: readonly Entitlement[];
  readonly catalog: PublishedCatalog;
  readonly now: Instant;
  readonly jti: TokenId;
  readonly statusListId: StatusListId;
  readonly index: number;
}

/** The customer holds nothing that a token could carry, and comes to hold nothing while it would live. */
export class NothingToSignError extends Error {
  override readonly name = "NothingToSignError";
}

export interface TokenIssuer {
  /** The tenant's signer; opened keys are kept for some seconds, so a rotation is seen soon. */
  signerOf(tx: TenantTransaction): Promise<Signer>;
  /** Pure but for the signature. Throws `NothingToSignError`. */
  sign(signer: Signer, input: TokenToSign): SignedToken;
}

const signerFreshForMs = 10_000;

export function createTokenIssuer(deps: {
  readonly keks: readonly KeyEncryptionKey[];
  /** Issuer, and where status lists are published. */
  readonly publicUrl: string;
  readonly audience: string;
  readonly clock: () => number;
}): TokenIssuer {
  const signers = new Map<string, { readonly signer: Signer; readonly openedAt: number }>();
  return {
    signerOf: async (tx) => {
      const known = signers.get(tx.tenantId);
      if (known !== undefined && deps.clock() - known.openedAt < signerFreshForMs) {
        return known.signer;
      }
      const [current] = (await listSigningKeys(tx)).filter((key) => key.status === "current");
      if (current === undefined) {
        throw new Error(
          `Tenant ${tx.tenantId} has no signing key: \`usher-setup tenant\` makes one.`,
        );
      }
      const key = openSigningKey({ stored: current, keks: deps.keks });
      const signer = createSigner({ keys: [{ ...key, state: "current" }] });
      signers.set(tx.tenantId, { signer, openedAt: deps.clock() });
      return signer;
    },
    sign: (signer, input) => {
      const claims = tokenClaims({
        issuer: deps.publicUrl,
        audience: deps.audience,
        customer: input.customerId,
        entitlements: input.entitlements,
        features: input.catalog.features,
        now: input.now,
        jti: input.jti,
        statusList: {
          index: input.index,
          uri: `${deps.publicUrl}/v1/status_lists/${input.statusListId}`,
        },
        ttlSecondsMax: tokenTtlSecondsMax,
      });
      if (!claims.ok) {
        throw new NothingToSignError(
          "No right of this order falls into the life of a token signed now.",
        );
      }
      return { claims: claims.value, ...signer.signToken(claims.value) };
    },
  };
}
