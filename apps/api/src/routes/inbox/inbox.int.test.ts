import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiRig, keyOf, startApiRig } from "../../testing/api-rig.ts";
import { signatureOf } from "../../testing/signed-connector.ts";

let rig: ApiRig;
let path: string;
let connectionId: string;
const secret = "whsec_current";
const older = "whsec_older";

beforeAll(async () => {
  rig = await startApiRig();
  const made = await rig.post("/v1/connections", {
    body: {
      vendor: "signed",
      name: "CRM",
      kinds: ["crm"],
      config: { url: "https://crm.test" },
      secrets: { clientSecret: "s3cret" },
      webhook_secrets: [secret, older],
    },
  });
  connectionId = made.json.id;
  path = `/v1/inbound/${connectionId}`;
});
afterAll(() => rig.stop());

const anAnnouncement = (id: string) => JSON.stringify({ id, deal: `deal-of-${id}` });
const send = (
  body: string,
  change: { readonly stamp?: number; readonly secret?: string; readonly signature?: string } = {},
) =>
  rig.post(path, {
    key: "",
    body,
    headers: {
      "X-Test-Signature":
        change.signature ??
        signatureOf({ secret: change.secret ?? secret, body, stamp: change.stamp ?? Date.now() }),
    },
  });
const stored = async () => (await rig.get("/v1/inbox?limit=200")).json.data;

describe("POST /v1/inbound/{connection_id}", () => {
  it("stores a verified event before it answers, and processes nothing", async () => {
    const answer = await send(anAnnouncement("first"));
    expect(answer.json).toEqual({ received: 1, duplicates: 0 });
    expect(await stored()).toMatchObject([
      {
        event_id: "first",
        deal_id: "deal-of-first",
        status: "pending",
        attempts: 0,
        connection_id: connectionId,
      },
    ]);
    expect((await rig.get("/v1/orders")).json.data).toEqual([]);
  });

  it("stores an event once, however often and however many at once it comes", async () => {
    const body = anAnnouncement("again");
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(body)));
    expect(answers.map((one) => one.status)).toEqual(Array(10).fill(200));
    expect(answers.reduce((sum, one) => sum + one.json.received, 0)).toBe(1);
  });

  it("accepts the older of two secrets while one is being rotated", async () => {
    expect((await send(anAnnouncement("rotated"), { secret: older })).json.received).toBe(1);
  });

  it.each([
    ["without a signature", { signature: "" }, "signature_invalid"],
    ["with a forged signature", { secret: "guess" }, "signature_invalid"],
    ["that is too old", { stamp: Date.now() - 400_000 }, "signature_stale"],
    ["from the future", { stamp: Date.now() + 400_000 }, "signature_in_future"],
  ] as const)("refuses an event %s", async (name, change, code) => {
    const before = (await stored()).length;
    const answer = await send(anAnnouncement(name), change);
    expect(answer.json).toMatchObject({ status: 401, code });
    expect((await stored()).length).toBe(before);
  });

  it("refuses a body that was changed or written anew on the way, although it says the same", async () => {
    const body = anAnnouncement("altered");
    const signature = signatureOf({ secret, body, stamp: Date.now() });
    expect((await send(body.replace("altered", "Altered"), { signature })).json.code).toBe(
      "signature_invalid",
    );
    expect((await send(JSON.stringify(JSON.parse(body), null, 1), { signature })).json.code).toBe(
      "signature_invalid",
    );
    const missing = await rig.post(path, { key: "", body });
    expect(missing.json.code).toBe("signature_missing");
  });

  it("does not know connections that are not there, and needs no key for those that are", async () => {
    const unknown = await rig.post("/v1/inbound/con_01jd8e6q2mf8hr4wv2nq9x5t3c", {
      key: "",
      body: "{}",
    });
    expect(unknown.json).toMatchObject({ status: 404, code: "unknown_connection" });
  });

  it("keeps no signature and no secret with the event", async () => {
    await send(anAnnouncement("headers"));
    const row = await rig.inTenant((tx) =>
      tx.db
        .selectFrom("inbox")
        .select("headers")
        .where("event_id", "=", "headers")
        .executeTakeFirstOrThrow(),
    );
    expect(JSON.stringify(row.headers)).not.toContain("signature");
  });
});

describe("the inbox", () => {
  it("keeps an event of a batch that cannot be read, with payload, reason and replay command, and takes the others", async () => {
    const unreadable = [
      { detail: "objectId: expected a number, got text", body: { objectId: "x" } },
    ];
    const body = JSON.stringify({ id: "batch", deal: "deal-of-batch", unreadable });
    expect((await send(body)).json).toEqual({ received: 2, duplicates: 0 });
    expect((await send(body)).json).toEqual({ received: 0, duplicates: 2 });
    const [kept] = (await rig.get("/v1/inbox?status=quarantined")).json.data;
    const shown = await rig.get(`/v1/inbox/${kept.id}`);
    expect(shown.json).toMatchObject({
      status: "quarantined",
      last_error: "objectId: expected a number, got text",
      payload: { objectId: "x" },
      replay: `usher inbox replay ${kept.id}`,
    });
    const connection = await rig.get(`/v1/connections/${connectionId}`);
    expect(connection.json.inbox.quarantined).toBe(1);
    await rig.post(`/v1/inbox/${kept.id}/replay`);
    expect((await rig.get(`/v1/inbox/${kept.id}`)).json.replay).toBeNull();
  });

  it("shows a payload only to whoever may replay", async () => {
    const [message] = await stored();
    const reader = await rig.inTenant((tx) =>
      keyOf(tx, { name: "inbox reader", scopes: ["inbox:read"] }),
    );
    expect((await rig.get(`/v1/inbox/${message.id}`, { key: reader })).json.code).toBe(
      "missing_scope",
    );
    expect((await rig.get("/v1/inbox", { key: reader })).text).not.toContain("payload");
  });

  it("puts a message back in line, with its attempts counted from zero", async () => {
    await send(anAnnouncement("poison"));
    await rig.inTenant((tx) =>
      tx.db
        .updateTable("inbox")
        .set({ status: "quarantined", attempts: 9, last_error: "no such deal" })
        .where("event_id", "=", "poison")
        .execute(),
    );
    const [message] = (await rig.get("/v1/inbox?status=quarantined")).json.data;
    expect(message).toMatchObject({ event_id: "poison", last_error: "no such deal", attempts: 9 });
    const replayed = await rig.post(`/v1/inbox/${message.id}/replay`);
    expect(replayed.json).toMatchObject({ status: "pending", attempts: 0 });
    expect((await rig.get("/v1/inbox?status=quarantined")).json.data).toEqual([]);
  });
});

describe("connections", () => {
  it("never show their secrets, in no answer, list, log or row in clear", async () => {
    const { text } = await rig.get("/v1/connections");
    expect(text).toContain("https://crm.test");
    for (const hidden of ["s3cret", secret, older]) {
      expect(text).not.toContain(hidden);
      expect(rig.logged.join("")).not.toContain(hidden);
    }
    const row = await rig.inTenant((tx) =>
      tx.db.selectFrom("connections").select("secrets").executeTakeFirstOrThrow(),
    );
    expect(Buffer.from(row.secrets).includes("s3cret")).toBe(false);
  });

  it("are refused for an unknown vendor, and with a secret in the open part", async () => {
    const unknown = await rig.post("/v1/connections", {
      body: { vendor: "nobody", name: "x", kinds: ["crm"] },
    });
    expect(unknown.json).toMatchObject({ status: 400, errors: [{ pointer: "/vendor" }] });
    const open = await rig.post("/v1/connections", {
      body: { vendor: "signed", name: "x", kinds: ["crm"], config: { clientSecret: "oops" } },
    });
    expect(open.json).toMatchObject({ status: 400, errors: [{ pointer: "/config/clientSecret" }] });
    expect(open.text).not.toContain("oops");
  });
});
