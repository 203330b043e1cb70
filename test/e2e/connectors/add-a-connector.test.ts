import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Peer, startPeer } from "@usher/connector-sdk/conformance";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type CopyOfTheHouse,
  copyHouse,
  project,
  runTool,
} from "../../architecture/copy-of-the-house.ts";
import { until } from "../until.ts";
import { type GuideStep, guideSteps } from "./guide-steps.ts";

const guide = readFileSync(join(project, "docs/guides/add-a-connector.md"), "utf8");
const steps = guideSteps(guide);
const connector = "packages/connectors/acme-crm";

let house: CopyOfTheHouse;
let vendor: Peer;
const background: { readonly child: ChildProcess; output: string }[] = [];

beforeAll(async () => {
  house = copyHouse();
  vendor = await startPeer({
    routes: {
      "GET /v1/deals": () => ({
        body: { deals: [], token: "canary-token", owner: "canary@person.example" },
      }),
    },
  });
});

afterAll(async () => {
  for (const { child } of background) child.kill("SIGKILL");
  await vendor.close();
  house.tearDown();
});

describe("docs/guides/add-a-connector.md, step by step", () => {
  it("has steps to run", () => {
    expect(steps.filter(({ kind }) => kind === "run").length).toBeGreaterThanOrEqual(9);
    expect(steps.filter(({ kind }) => kind === "edit")).toHaveLength(2);
  });

  it.each(steps.map((step, index) => [index + 1, titleOf(step), step] as const))(
    "%i. %s",
    async (_, __, step) => {
      if (step.kind === "edit") return replaceIn(step);
      if (step.how === "background") return startInBackground(step);
      for (const command of step.commands) {
        const [program = "", ...args] = programOf(command);
        const { code, output } = await runTool({ program, args, cwd: house.folder });
        expect({ command, output, hasPassed: code === 0 }).toMatchObject({
          hasPassed: step.how === "passes",
        });
        for (const line of step.prints) expect(squeezed(output)).toContain(squeezed(line));
      }
    },
  );
});

describe("the inspector that the guide has opened", () => {
  const url = () => /Inspector: (\S+)/.exec(background[0]?.output ?? "")?.[1] ?? "";
  const scenes = async () =>
    (await (await fetch(`${url()}/scenes.json`)).json()) as {
      readonly number: number;
      readonly tookMs: number;
      readonly because: string;
      readonly trace: {
        readonly inbound: { readonly verdict: string; readonly isVerified: boolean } | null;
        readonly order: { readonly kind: string } | null;
        readonly failure: { readonly message: string; readonly at: string | null } | null;
        readonly steps: readonly { readonly error: { readonly category: string } | null }[];
      };
    }[];
  const page = async (path: string) => (await fetch(`${url()}${path}`)).text();
  const post = (path: string, form: Readonly<Record<string, string>> = {}) =>
    fetch(`${url()}${path}`, { method: "POST", body: new URLSearchParams(form) });
  const edited = {
    weather: "calm",
    "deal.name": "Ærø <b>GmbH</b>",
    "deal.accountName": "Ærø",
    "deal.currency": "USD",
    "deal.quantity": "3",
    "deal.unitPrice": "480.00",
    "deal.closedOn": "2026-11-20",
    "delivery.eventId": "evt_1",
    "delivery.type": "",
    "delivery.secret": "current",
    "delivery.signedSecondsAgo": "0",
    "delivery.isBroken": "is whole",
    "delivery.body": "",
  };

  it("shows calls, verdict, order and picture, without a script and without a secret", async () => {
    const text = await page("/scenes/1");
    for (const shown of ["signature: verified", "/v1/deals?ids=", "authorization: (redacted)"]) {
      expect(text).toContain(shown);
    }
    expect(text).toMatch(/<svg[\s\S]*an order starts/);
    expect(text).not.toMatch(/<script|acme-crm-secret|Bearer acme/);
  });

  it("the newest page follows what is played without closing what was opened: its one script asks, and reloads when there is something newer", async () => {
    const answer = await fetch(url());
    const text = await answer.text();
    const [, script = ""] = /<script>([\s\S]*?)<\/script>/.exec(text) ?? [];
    const hash = createHash("sha256").update(script).digest("base64");
    expect(answer.headers.get("content-security-policy")).toContain(`script-src 'sha256-${hash}'`);
    const [, shown] = /data-state="([^"]*)"/.exec(text) ?? [];
    expect(await page("/state")).toBe(shown);
    await post("/scenes/1/replay");
    expect(await page("/state")).not.toBe(shown);
  });

  it("an edited scene is played: another signature is refused, and it says why", async () => {
    await post("/scenes", { ...edited, "delivery.secret": "another" });
    const [newest] = await scenes();
    expect(newest?.trace.inbound).toMatchObject({ isVerified: false, verdict: "invalid" });
    await post("/scenes", { ...edited, "delivery.signedSecondsAgo": "-3600" });
    expect((await scenes())[0]?.trace.inbound).toMatchObject({ verdict: "future" });
    await post("/scenes", { ...edited, weather: "429" });
    const categories = (await scenes())[0]?.trace.steps.map(({ error }) => error?.category);
    expect(categories).toContain("rate_limited");
  });

  it("what the vendor wrote is shown as text", async () => {
    const played = await post("/scenes", edited);
    const text = await played.text();
    expect(text).toContain("Ærø &lt;b&gt;GmbH&lt;/b&gt;");
    expect((await scenes())[0]?.trace.order?.kind).toBe("content");
  });

  it("a saved file plays the last scene again; one that does not parse is named with its line", async () => {
    const path = join(house.folder, connector, "src/from-acme-crm-deal.ts");
    const good = readFileSync(path, "utf8");
    const newest = async () => (await scenes())[0];
    const before = (await newest())?.number ?? 0;
    writeFileSync(path, `${good}\nthis is no code\n`);
    const after = (number: number, what: string) =>
      until({
        what,
        ask: async () => (await scenes()).find((one) => one.number > number),
      });
    const broken = await after(before, "a scene of the file that does not parse");
    expect(broken.because).toBe("a file was saved");
    expect(broken.trace.failure).not.toBeNull();
    writeFileSync(path, good);
    const mended = await after(broken.number, "a scene of the mended file");
    expect(mended.trace.failure).toBeNull();
    // A second on an idle machine; here other tests share the cores.
    expect(Math.min(broken.tookMs, mended.tookMs)).toBeLessThan(5_000);
  });

  it("a call is saved as a fixture and a scene as a test that passes", async () => {
    const [newest] = await scenes();
    const number = newest?.number ?? 0;
    await post(`/scenes/${number}/calls/1/fixture`);
    const [fixture = ""] = globSync(`${connector}/src/fixtures/recorded/*.json`, {
      cwd: house.folder,
    });
    expect(readFileSync(join(house.folder, fixture), "utf8")).not.toMatch(/acme-crm-secret|Bearer/);
    await post(`/scenes/${number}/test`);
    const test = `${connector}/src/scene-${number}.test.ts`;
    expect(existsSync(join(house.folder, test))).toBe(true);
    const { code, output } = await runTool({
      tool: "vitest",
      args: ["run", "--project", "unit", test],
      cwd: house.folder,
    });
    expect({ code, output }).toMatchObject({ code: 0 });
  });

  it("a form of another page, and a request for another host, are refused", async () => {
    const foreign = await fetch(`${url()}/scenes/1/replay`, {
      method: "POST",
      headers: { origin: "https://evil.example" },
    });
    expect(foreign.status).toBe(403);
    const csp = (await fetch(url())).headers.get("content-security-policy");
    expect(csp).toContain("default-src 'none'");
  });
});

describe("the recording proxy that the guide has started", () => {
  it("writes what passed it, without the seeded canaries", async () => {
    const started = background[1];
    const proxy = /base URL to (\S+);/.exec(started?.output ?? "")?.[1] ?? "";
    const answer = await fetch(`${proxy}/v1/deals?ids=1`, {
      headers: { authorization: "Bearer canary-token" },
    });
    expect(await answer.json()).toMatchObject({ token: "canary-token" });
    await until({
      what: "the proxy to end after one request",
      ask: async () => (started?.child.exitCode === 0 ? true : undefined),
    });
    const file = join(house.folder, connector, "src/fixtures/recorded/get-v1-deals-200-2.json");
    const own = existsSync(file) ? file : file.replace("-2.json", ".json");
    expect(readFileSync(own, "utf8")).not.toContain("canary");
  });
});

function titleOf(step: GuideStep): string {
  return step.kind === "edit" ? `edit ${step.file}` : step.commands.join(" && ");
}

/** As the guide's reader types it, with the programs of this checkout and the vendor of this test. */
function programOf(command: string): readonly string[] {
  const words = command
    .replace("npm run -s usher --", `${process.execPath} apps/cli/src/main.ts`)
    .replace("https://api.acme-crm.example", vendor.url)
    .split(" ");
  const [first, second, tool = "", ...args] = words;
  if (first !== "pnpm" || second !== "exec") return words;
  return [join(project, "node_modules/.bin", tool), ...args];
}

function replaceIn({ file, from, to }: Extract<GuideStep, { readonly kind: "edit" }>): void {
  const path = join(house.folder, file);
  const before = readFileSync(path, "utf8");
  expect(before).toContain(from);
  writeFileSync(path, before.replace(from, to));
}

async function startInBackground(step: Extract<GuideStep, { readonly kind: "run" }>) {
  const [program = "", ...args] = programOf(step.commands[0] ?? "");
  const child = spawn(program, args, {
    cwd: house.folder,
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const started = { child, output: "" };
  background.push(started);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      started.output += text;
    });
  }
  await until({
    what: `${step.commands[0]} to print what the guide says`,
    ask: async () =>
      step.prints.every((line) => squeezed(started.output).includes(squeezed(line))) || undefined,
  });
}

/** Columns may be wider or narrower. */
function squeezed(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
