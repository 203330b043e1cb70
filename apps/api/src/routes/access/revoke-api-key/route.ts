import { listApiKeys, revokeApiKey } from "@usher/database";
import type { Instant } from "@usher/entitlement-core/kernel";
import { notFound } from "../../../http/api-problem.ts";
import { workRoute } from "../../../http/route-handler.ts";
import { toWireApiKey } from "../../../wire/to-wire-access.ts";

/** Revoking again changes nothing, so that a caller whose answer was lost may repeat it. */
export function revokeApiKeyRoute() {
  return workRoute("revokeApiKey", async ({ params, request, tx }) => {
    await revokeApiKey(tx, { id: params.id, now: request.now as Instant });
    const key = (await listApiKeys(tx)).find((one) => one.id === params.id);
    if (key === undefined) throw notFound("API key");
    return { body: toWireApiKey(key) };
  });
}
