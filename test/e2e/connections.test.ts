import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { simulatorEnvironment } from "@usher/cli";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HubUnderTest, startHubUnderTest } from "./hub-under-test.ts";
import { type Ran, runUsher } from "./run-usher.ts";
import { until } from "./until.ts";

let hub: HubUnderTest;
beforeAll(async () => {
  hub = await startHubUnderTest();
});
afterAll(() => hub?.stop());

const usher = (args: readonly string[], given?: Parameters<typeof runUsher>[2]) =>
  runUsher(hub, args, given);

const good = simulatorEnvironment.SIMULATOR_STRIPE_SECRET_KEY;

describe("usher connection", () => {
  it("adds, checks, rotates and shows, and says no secret anywhere", async () => {
    const added = await usher(
      ["connection", "add", "stripe", "--name", "Second", "--set", `baseUrl=${hub.simulatorUrl}`],
      { env: { USHER_SECRET_API_KEY: good } },
    );
    expect(added.code, added.text).toBe(0);
    expect(added.json.check.outcome).toBe("works");

    const refused = await usher(["connection", "rotate", "Second", "--secrets-stdin"], {
      stdin: JSON.stringify({ apiKey: "sk_test_ofnobody" }),
    });
    expect(refused.code).toBe(2);
    expect(refused.text).toContain("auth_invalid");
    expect(refused.text).not.toContain("sk_test_ofnobody");

    const rotated = await usher(["connection", "rotate", "Second", "--secrets-stdin"], {
      stdin: JSON.stringify({ apiKey: good, webhook_secrets: ["whsec_new"] }),
    });
    expect(rotated.code, rotated.text).toBe(0);
    expect(rotated.json.credentials.old_webhook_secrets_until).toEqual(expect.any(String));
    const checked = await usher(["connection", "check", "Second"]);
    expect([checked.code, checked.json.outcome]).toEqual([0, "works"]);
    for (const { text } of [added, refused, rotated, checked]) {
      expect(text).not.toContain(good);
      expect(text).not.toContain("whsec_new");
    }
  });

  it("names what is missing, and every fault, without a terminal", async () => {
    const missing = await usher(["connection", "add", "stripe"]);
    expect(missing.code).toBe(2);
    expect(missing.text).toContain("USHER_SECRET_API_KEY");
    const wrong = await usher(["connection", "add", "stripe", "--set", "colour=red"], {
      env: { USHER_SECRET_API_KEY: good },
    });
    expect(wrong.code).toBe(2);
    expect(wrong.text).toContain("/config/colour");
  });

  it("shows how a CRM's stream stands, once the worker has read it", async () => {
    const crm = await until({
      what: "a stream read to its end and a quota",
      timeoutMs: 30_000,
      ask: async () => {
        const { json } = await usher(["connection", "list"]);
        const found = json.data.find((one: { vendor: string }) => one.vendor === "salesforce");
        return found.lag_seconds === null || found.quota === null ? undefined : found;
      },
    });
    const shown = await usher(["connection", "show", crm.id]);
    expect(shown.json).toMatchObject({
      status: "working",
      last_error: null,
      inbox: { quarantined: 0 },
      quota: { limit: expect.any(Number), left: expect.any(Number) },
    });
  });

  it.each([
    ["down", "failing", "transient"],
    ["too_many_requests", "failing", "rate_limited"],
    ["unauthorized", "needs_attention", "auth_invalid"],
  ])(
    "tells a vendor that is %s as %s, in the list and by the doctor, and working once it is mended",
    async (kind, status, category) => {
      await faults("POST", { vendor: "stripe", kind });
      expect(await stripeWhen(status)).toMatchObject({ last_error: { category } });
      const ill = await usher(["doctor"]);
      expect(ill.code).toBe(1);
      expect(findingOf(ill, "Connection Stripe (simulated)")).toMatchObject({
        isWell: false,
        fix: expect.stringContaining("usher connection"),
      });
      await faults("DELETE");
      expect(await stripeWhen("working")).toMatchObject({ last_error: null });
      expect(findingOf(await usher(["doctor"]), "Hub: connections")).toMatchObject({
        isWell: true,
      });
    },
    90_000,
  );

  it("names a connector package that is broken, by the doctor: its connections stand still, the hub does not", async () => {
    const folder = await mkdtemp(join(tmpdir(), "usher-connectors-"));
    await mkdir(join(folder, "stripe"));
    await writeFile(
      join(folder, "stripe", "package.json"),
      JSON.stringify({ exports: { ".": "./lost.ts" } }),
    );
    await hub.killAndRestart("api", { USHER_CONNECTORS_FOLDER: folder });
    const ill = await usher(["doctor"]);
    expect(ill.code).toBe(1);
    expect(findingOf(ill, "Hub: connectors").found).toContain(join(folder, "stripe"));
    expect(findingOf(ill, "Connection Stripe (simulated)")).toMatchObject({
      isWell: false,
      found: expect.stringContaining("could not be loaded"),
      fix: expect.stringContaining("connector package"),
    });
    expect(findingOf(ill, "Hub: database").isWell).toBe(true);
    await hub.killAndRestart("api");
    await rm(folder, { recursive: true });
    expect(findingOf(await usher(["doctor"]), "Hub: connectors").isWell).toBe(true);
  });
});

async function faults(method: "POST" | "DELETE", fault?: object): Promise<void> {
  const path = `${hub.simulatorUrl}/control/faults${method === "DELETE" ? "?vendor=stripe" : ""}`;
  const answer = await fetch(path, {
    method,
    headers: { "content-type": "application/json" },
    ...(fault === undefined ? {} : { body: JSON.stringify(fault) }),
  });
  expect(answer.ok).toBe(true);
}

const stripeWhen = (status: string) =>
  until({
    what: `Stripe to be ${status}`,
    timeoutMs: 60_000,
    everyMs: 500,
    ask: async () => {
      const { json } = await usher(["connection", "show", "Stripe (simulated)"]);
      return json.status === status ? json : undefined;
    },
  });

function findingOf({ json }: Ran, subject: string) {
  const finding = json.findings.find((one: { subject: string }) => one.subject === subject);
  expect(finding, `${subject} in ${JSON.stringify(json.findings)}`).toBeDefined();
  return finding;
}
