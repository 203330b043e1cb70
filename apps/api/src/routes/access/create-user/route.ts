import { saveUser } from "@usher/database";
import { workRoute } from "../../../http/route-handler.ts";
import { toWireUser } from "../../../wire/to-wire-access.ts";

export function createUserRoute() {
  return workRoute("createUser", async ({ body, tx }) => ({
    body: toWireUser(await saveUser(tx, body)),
  }));
}
