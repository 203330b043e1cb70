import { saveConnection } from "@usher/database";
import { hubKeyEncryptionKey, sealConnectionSecrets } from "@usher/token-signer";
import { afterAll, expect, it } from "vitest";
import { type ApiRig, startApiRig } from "../testing/api-rig.ts";
import { eventually } from "../testing/eventually.ts";
import { signatureOf } from "../testing/signed-connector.ts";

let rig: ApiRig | undefined;
afterAll(() => rig?.stop());

it("a webhook secret that another process changed is followed by its announcement, and not by waiting", async () => {
  // By this clock nothing that is kept ever grows old.
  const stamp = Date.now();
  const hub = await startApiRig({ clock: () => stamp });
  rig = hub;
  const connection = { vendor: "signed", name: "CRM", kinds: ["crm" as const] };
  const made = await hub.post("/v1/connections", {
    body: { ...connection, webhook_secrets: ["before"] },
  });
  const send = async (secret: string, id: string) => {
    const body = JSON.stringify({ id, deal: id });
    const headers = { "X-Test-Signature": signatureOf({ secret, body, stamp }) };
    return (await hub.post(`/v1/inbound/${made.json.id}`, { key: "", body, headers })).status;
  };
  expect(await send("before", "1")).toBe(200);
  expect(await send("after", "2")).toBe(401);
  const secrets = { config: {}, webhookSecrets: ["after"] };
  const kek = hubKeyEncryptionKey(hub.kek);
  await hub.inTenant((tx) =>
    saveConnection(tx, {
      ...connection,
      config: {},
      sealedSecrets: sealConnectionSecrets({ secrets, kek }),
    }),
  );
  await eventually(async () => expect(await send("after", "2")).toBe(200));
  expect(await send("before", "3")).toBe(401);
});
