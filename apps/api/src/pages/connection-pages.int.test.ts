import { recordConnectionHealth, recordConnectionQuota, saveCheckpoint } from "@usher/database";
import type { ConnectionId, Instant } from "@usher/entitlement-core/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiRig, startApiRig } from "../testing/api-rig.ts";
import { signIn } from "../testing/browser.ts";

let rig: ApiRig;
let id: ConnectionId;
const name = `<b>"Sales" & Co</b> ${"W".repeat(80)}`;
beforeAll(async () => {
  rig = await startApiRig();
  const made = await rig.post("/v1/connections", {
    body: {
      vendor: "signed",
      name,
      kinds: ["crm"],
      secrets: { clientSecret: "s3cret-of-page" },
      webhook_secrets: ["hook-of-page"],
    },
  });
  id = made.json.id;
});
afterAll(() => rig.stop());

async function asDana() {
  return signIn(rig, rig.tenant.people.dana.key);
}

describe("the pages of connections", () => {
  it("list them with their standing, and lead to each", async () => {
    const page = await (await asDana()).get("/connections");
    expect(page.status).toBe(200);
    expect(page.text).toContain(`href="/connections/${id}"`);
    expect(page.text).toContain("Working");
    expect(page.text).toContain("nothing is read");
    expect(page.text).toContain('aria-current="page">Connections');
  });

  it("show last success, lag, last error, calls left and quarantine of one", async () => {
    await rig.inTenant(async (tx) => {
      await saveCheckpoint(tx, {
        connectionId: id,
        stream: "deals",
        checkpoint: {},
        isAtEnd: true,
      });
      await recordConnectionQuota(tx, {
        id,
        quota: { used: 250, limit: 15_000, seenAt: Date.now() },
      });
      await recordConnectionHealth(tx, {
        id,
        now: Date.now() as Instant,
        outcome: {
          ok: false,
          failure: { category: "permission", message: "The user may not read <Deals>." },
          needsAttention: true,
        },
      });
    });
    const page = await (await asDana()).get(`/connections/${id}`);
    for (const words of [
      "Needs attention",
      "A right is missing at the vendor",
      "The user may not read &lt;Deals&gt;.",
      "14,750 of 15,000",
      "to its end",
      "In quarantine",
      `usher connection rotate ${id}`,
    ]) {
      expect(page.text).toContain(words);
    }
  });

  it("hold no script, no secret and nothing unescaped, and stay small", async () => {
    const browser = await asDana();
    for (const path of ["/connections", `/connections/${id}`]) {
      const page = await browser.get(path);
      expect(page.text).not.toMatch(/<script|\son\w+=|javascript:/i);
      expect(page.text).not.toContain("s3cret-of-page");
      expect(page.text).not.toContain("hook-of-page");
      expect(page.text).not.toContain('<b>"Sales"');
      expect(page.text).toContain("&lt;b&gt;");
      expect(Buffer.byteLength(page.text)).toBeLessThan(20_000);
    }
  });

  it("let nothing stick out at phone width: tables stand as cards, long words break", async () => {
    const browser = await asDana();
    for (const path of ["/connections", `/connections/${id}`]) {
      const page = await browser.get(path);
      const tables = page.text.match(/<table[^>]*>/g) ?? [];
      expect(tables.every((table: string) => table.includes('class="data"'))).toBe(true);
      expect(page.text).toContain('name="viewport" content="width=device-width');
      expect(page.text).not.toMatch(/style="|<pre/);
    }
  });

  it("are for who is signed in, and another tenant's connection is not there", async () => {
    expect((await rig.get("/connections", { key: "" })).status).toBe(303);
    const stranger = await signIn(rig, rig.foreign.people.dana.key);
    expect((await stranger.get(`/connections/${id}`)).status).toBe(404);
    expect((await stranger.get("/connections")).text).not.toContain(id);
    expect((await stranger.get("/connections/con_nonsense")).status).toBe(404);
  });
});
