import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CopyOfTheHouse, copyHouse, runTool, type Verdict } from "./copy-of-the-house.ts";

/** Each answer to each of the three questions at least once; the defaults are the guide's own test. */
const wanted = [
  { name: "north-pay", kind: "billing", auth: "api_key", trigger: "webhook" },
  { name: "erp9", kind: "erp", auth: "refresh_token", trigger: "poll" },
  {
    name: "a-crm-of-a-very-long-name",
    kind: "crm",
    auth: "client_credentials",
    trigger: "webhook",
  },
] as const;

let house: CopyOfTheHouse;
const made = new Map<string, Verdict>();

beforeAll(async () => {
  house = copyHouse();
  for (const { name, kind, auth, trigger } of wanted) {
    const answers = ["--kind", kind, "--auth", auth, "--trigger", trigger];
    made.set(name, await usher("new", name, ...answers, "--json"));
  }
});

afterAll(() => house.tearDown());

describe("usher connector new", () => {
  it.each(wanted)("$name: its kit is green from the start ($kind, $auth, $trigger)", ({ name }) => {
    const { code, output } = made.get(name) ?? { code: -1, output: "" };
    expect({ code, output }).toMatchObject({ code: 0 });
    const { score, files } = JSON.parse(output) as {
      readonly score: { readonly passed: number; readonly asked: number };
      readonly files: readonly string[];
    };
    expect(score.passed).toBe(score.asked);
    expect(score.asked).toBeGreaterThan(25);
    for (const file of ["README.md", "released-manifest.json", "src/index.ts"]) {
      expect(files).toContain(file);
    }
  });

  it.each([
    ["format and lint (biome)", "biome", ["check", "--error-on-warnings"]],
    ["type-aware lint (oxlint)", "oxlint", ["--type-aware", "--deny-warnings"]],
  ])("%s has nothing to say about it", async (_, tool, args) => {
    const folders = wanted.map(({ name }) => folderOf(name));
    const { code, output } = await runTool({
      tool,
      args: [...args, ...folders],
      cwd: house.folder,
    });
    expect({ code, output }).toMatchObject({ code: 0 });
  });

  it.each(wanted)("$name: its types hold (tsc)", async ({ name }) => {
    const args = ["--noEmit", "-p", folderOf(name)];
    const { output } = await runTool({ tool: "tsc", args, cwd: house.folder });
    expect(output.split("\n").filter((line) => line.startsWith(folderOf(name)))).toEqual([]);
  });

  it("nothing of it is dead (knip)", async () => {
    const { output } = await runTool({ tool: "knip", args: ["--no-progress"], cwd: house.folder });
    for (const { name } of wanted) expect(output).not.toContain(folderOf(name));
  });

  it("its imports keep to the arrows (turbo)", async () => {
    const args = ["boundaries", "--no-color", "--skip-infer"];
    const { code, output } = await runTool({ tool: "turbo", args, cwd: house.folder });
    expect({ code, output }).toMatchObject({ code: 0 });
  });

  it("what is there already is not touched", async () => {
    const path = join(house.folder, folderOf("erp9"), "README.md");
    const before = readFileSync(path, "utf8");
    const { code, output } = await usher("new", "erp9", "--kind", "crm", "--yes");
    expect(code).toBe(2);
    expect(output).toContain("is there already");
    expect(readFileSync(path, "utf8")).toBe(before);
  });

  it.each([
    ["no name for a connector", ["new", "Not A Name", "--yes"]],
    ["expected one of crm, billing, erp", ["new", "fine", "--kind", "shop"]],
  ])("a wrong answer is a sentence (%s), and nothing is written", async (sentence, args) => {
    const { code, output } = await usher(...args);
    expect(code).toBe(2);
    expect(output).toContain(sentence);
    expect(output).not.toMatch(/^\s+at /m);
    expect(existsSync(join(house.folder, "packages/connectors/fine"))).toBe(false);
  });
});

const folderOf = (name: string) => `packages/connectors/${name}`;

function usher(...args: readonly string[]): Promise<Verdict> {
  return runTool({
    program: process.execPath,
    args: ["apps/cli/src/main.ts", "connector", ...args],
    cwd: house.folder,
  });
}
