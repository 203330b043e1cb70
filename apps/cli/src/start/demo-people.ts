import type { UsherClient } from "@usher/api-contract";
import { expectOk } from "../hub.ts";

/** The demo's approver: Finance, and nobody who sold anything. */
const dana = {
  email: "dana.kim@demo.example",
  name: "Dana Kim",
  groups: ["finance", "legal"],
} as const;

/** Dana's key decides in her name. The operator's cannot: nobody but an approver may. */
export async function makeApprover(hub: UsherClient): Promise<{ readonly apiKey: string }> {
  expectOk(await hub.call("createUser", { body: { ...dana, groups: [...dana.groups] } }));
  await revokeKeysNamed(hub, keyName);
  const key = expectOk(
    await hub.call("createApiKey", {
      body: {
        name: keyName,
        scopes: ["approvals:read", "approvals:decide", "orders:read"],
        user_email: dana.email,
      },
    }),
  );
  return { apiKey: key.api_key };
}

const keyName = "Dana's demo key";

/** A start makes a new key, so those of earlier starts would only pile up. */
async function revokeKeysNamed(hub: UsherClient, name: string): Promise<void> {
  for await (const key of hub.each("listApiKeys", { query: { limit: 100 } })) {
    if (key.name === name && key.revoked_at === null) {
      expectOk(await hub.call("revokeApiKey", { path: { id: key.id } }));
    }
  }
}

/** A link that signs Dana in once, in a browser or on a phone. */
export async function makeSignInLink(hub: UsherClient): Promise<string> {
  return expectOk(await hub.call("createSignInLink", { body: { email: dana.email } })).url;
}
