import type { Instant } from "@usher/entitlement-core/kernel";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { plainRoute } from "../../../http/route-handler.ts";

/** Seconds a verifier may keep the set. A next key is published far longer than this before it signs. */
const freshSeconds = 300;

export function getJwksRoute({ database }: Pick<ApiDependencies, "database">) {
  return plainRoute("getJwks", async ({ request }) => {
    const keys = await database.directory.signingKeys({ now: request.now as Instant });
    return {
      body: { keys: keys.map((key) => ({ ...key.publicJwk })) },
      headers: { "Cache-Control": `public, max-age=${freshSeconds}` },
    };
  });
}
