import { findToken, revokeTokens } from "@usher/database";
import type { Instant } from "@usher/entitlement-core/kernel";
import { ApiProblem, notFound } from "../../../http/api-problem.ts";
import { workRoute } from "../../../http/route-handler.ts";
import { toWireToken } from "../../../wire/to-wire-token.ts";

export function revokeTokenRoute() {
  return workRoute("revokeToken", async ({ params, body, request, tx }) => {
    const revoked = await revokeTokens(tx, {
      which: { jtis: [params.jti] },
      because: body.because ?? "revoked by API",
      now: request.now as Instant,
    });
    const token = await findToken(tx, params.jti);
    if (token === null) throw notFound("token");
    if (revoked.length === 0) {
      throw new ApiProblem(
        "token_revoked",
        `It was revoked at ${new Date(token.revokedAt ?? 0).toISOString()} (${token.revokedBecause}) and stays so.`,
      );
    }
    return { body: toWireToken(token) };
  });
}
