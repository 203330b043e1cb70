import { currentApiVersion } from "@usher/api-contract";
import { plainRoute } from "../../../http/route-handler.ts";

/** Says that the event loop turns, and nothing else: a database that is away is no reason to be restarted. */
export function getHealthRoute() {
  return plainRoute("getHealth", () => ({ body: { status: "alive", version: currentApiVersion } }));
}
