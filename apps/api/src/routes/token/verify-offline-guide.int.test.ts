import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiRig, startApiRig } from "../../testing/api-rig.ts";
import { grantedCustomer } from "../../testing/granted-customer.ts";

interface GuideCode {
  verifyLicense(input: {
    readonly token: string;
    readonly jwks: unknown;
    readonly statusList: string;
    readonly issuer: string;
    readonly audience: string;
    readonly now?: number;
  }): { readonly jti: string; readonly exp: number };
  rightTo(claims: unknown, feature: string, now?: number): unknown;
}

const page = new URL("../../../../../docs/guides/verify-a-token-offline.md", import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "usher-guide-"));
let rig: ApiRig;
let guide: GuideCode;
let token: string;
beforeAll(async () => {
  const [, code = ""] = /```js\n([\s\S]*?)```/.exec(readFileSync(page, "utf8")) ?? [];
  const file = join(folder, "verify-license.mjs");
  writeFileSync(file, code);
  guide = (await import(pathToFileURL(file).href)) as GuideCode;
  rig = await startApiRig();
  const { externalId } = await grantedCustomer(rig);
  const answer = await rig.post("/v1/tokens", {
    body: { customer: `ext:${externalId}` },
    headers: { "Idempotency-Key": "offline" },
  });
  token = answer.json.token;
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await rig.stop();
});

/** What a product has at hand when it is offline. */
async function atHand() {
  const { json: jwks } = await rig.get("/.well-known/jwks.json", { key: "" });
  const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
  const { pathname } = new URL(claims.status.status_list.uri);
  const { text: statusList } = await rig.get(pathname, { key: "" });
  return { token, jwks, statusList, issuer: "http://hub.test", audience: "usher" };
}

describe("the code of the guide to offline verification", () => {
  it("reads a genuine license, and what it grants", async () => {
    const claims = guide.verifyLicense(await atHand());
    expect(claims.jti).toMatch(/^lic_/);
    expect(guide.rightTo(claims, "seats")).toMatchObject({ limit: expect.any(Number) });
    expect(guide.rightTo(claims, "constructor")).toBeNull();
  });

  it("refuses what was changed, is for someone else, or has ended", async () => {
    const given = await atHand();
    const [header, payload, signature = ""] = token.split(".");
    const forged = `${header}.${payload}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;
    const { exp } = guide.verifyLicense(given);
    expect(() => guide.verifyLicense({ ...given, token: forged })).toThrow("signature is wrong");
    expect(() => guide.verifyLicense({ ...given, audience: "other" })).toThrow("someone else");
    expect(() => guide.verifyLicense({ ...given, now: exp * 1000 })).toThrow("expired");
    expect(() => guide.verifyLicense({ ...given, token: given.statusList })).toThrow("not a usher");
  });

  it("refuses what was revoked, once the newer list is at hand", async () => {
    const { jti } = guide.verifyLicense(await atHand());
    const revoked = await rig.post(`/v1/tokens/${jti}/revoke`, {
      body: { because: "lost laptop" },
      headers: { "Idempotency-Key": "revoke-offline" },
    });
    expect(revoked.status, revoked.text).toBe(200);
    const given = await atHand();
    expect(() => guide.verifyLicense(given)).toThrow("revoked");
  });
});
