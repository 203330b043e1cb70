import { addSignInCode, findUserByEmail } from "@usher/database";
import type { Instant } from "@usher/entitlement-core/kernel";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { notFound } from "../../../http/api-problem.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import { toWireInstant } from "../../../wire/to-wire-instant.ts";

/** A link lives as long as a person needs to open a mail, and signs in once. */
const linkLifeMs = 30 * 60_000;

export function createSignInLinkRoute({
  database,
  publicUrl,
}: Pick<ApiDependencies, "database" | "publicUrl">) {
  return plainRoute("createSignInLink", async ({ body, caller, request }) => {
    const expiresAt = (request.now + linkLifeMs) as Instant;
    return database.withTenant({ tenantId: caller.tenantId }, async (tx) => {
      const user = await findUserByEmail(tx, body.email);
      if (user === null) throw notFound("user");
      const { code } = await addSignInCode(tx, { userId: user.id, expiresAt });
      return {
        body: { url: `${publicUrl}/sign-in?code=${code}`, expires_at: toWireInstant(expiresAt) },
        headers: { "Cache-Control": "no-store" },
      };
    });
  });
}
