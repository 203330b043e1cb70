import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { simulatorEnvironment } from "@usher/cli";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HubUnderTest, startHubUnderTest } from "./hub-under-test.ts";
import { until } from "./until.ts";

let hub: HubUnderTest;
beforeAll(async () => {
  hub = await startHubUnderTest();
});
afterAll(() => hub?.stop());

interface Ran {
  readonly code: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape.
  readonly json: any;
}

/** `usher …` as a process of its own, as a script runs it. */
function usher(
  args: readonly string[],
  { stdin = "", env = {} }: { readonly stdin?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Ran> {
  const main = fileURLToPath(new URL("../../apps/cli/src/main.ts", import.meta.url));
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [main, ...args, "--json"],
      {
        env: {
          PATH: process.env["PATH"],
          USHER_URL: hub.baseUrl,
          USHER_API_KEY: hub.operatorKey,
          ...env,
        },
      },
      (error, stdout, stderr) => {
        const text = stdout + stderr;
        const code = typeof error?.code === "number" ? error.code : 0;
        resolve({ code, text, json: stdout === "" ? null : JSON.parse(stdout) });
      },
    );
    child.stdin?.end(stdin);
  });
}

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
});
