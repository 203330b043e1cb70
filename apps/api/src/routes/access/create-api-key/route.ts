import { holdsScope } from "@usher/api-contract";
import { addApiKey, findUserByEmail } from "@usher/database";
import { type Instant, instantFromIso } from "@usher/entitlement-core/kernel";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { ApiProblem, notFound } from "../../../http/api-problem.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import { toWireApiKey } from "../../../wire/to-wire-access.ts";

export function createApiKeyRoute({ database }: Pick<ApiDependencies, "database">) {
  return plainRoute("createApiKey", async ({ body, caller, request }) => {
    // Else a key that may manage keys could make one that may do everything.
    const missing = body.scopes.filter((scope) =>
      scope === "*" ? !caller.scopes.includes("*") : !holdsScope(caller.scopes, scope),
    );
    if (missing.length > 0) {
      throw new ApiProblem(
        "missing_scope",
        `A key cannot give more than it holds, and yours lacks ${missing.join(", ")}.`,
      );
    }
    const expiresAt = body.expires_at === undefined ? null : instantFromIso(body.expires_at);
    if (expiresAt !== null && expiresAt <= request.now) throw endsBeforeItBegins(expiresAt);
    return database.withTenant({ tenantId: caller.tenantId }, async (tx) => {
      const user =
        body.user_email === undefined ? null : await findUserByEmail(tx, body.user_email);
      if (body.user_email !== undefined && user === null) throw notFound("user");
      const { apiKey, secret } = await addApiKey(tx, {
        environment: "live",
        name: body.name,
        scopes: body.scopes,
        userId: user?.id ?? null,
        expiresAt,
      });
      return {
        body: { ...toWireApiKey(apiKey), api_key: secret },
        headers: { "Cache-Control": "no-store" },
      };
    });
  });
}

function endsBeforeItBegins(expiresAt: Instant): ApiProblem {
  return new ApiProblem("invalid_request", "The key would already have expired: see errors.", {
    errors: [
      {
        pointer: "/expires_at",
        code: "too_small",
        detail: `expected an instant in the future, got ${new Date(expiresAt).toISOString()}`,
        fix: "Send a later instant, or leave it out for a key that does not expire.",
      },
    ],
  });
}
