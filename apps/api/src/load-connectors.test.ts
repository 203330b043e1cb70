import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { loadConnectors } from "./load-connectors.ts";

it("finds every connector of the folder, as plug-ins that keep the spec", async () => {
  const folder = fileURLToPath(new URL("../../../packages/connectors", import.meta.url));
  const { connectors } = await loadConnectors({ folder });
  expect([...connectors.keys()]).toEqual(expect.arrayContaining(["salesforce", "stripe"]));
  for (const [id, definition] of connectors) {
    expect(definition.manifest.id).toBe(id);
    expect(definition.connect).toBeTypeOf("function");
  }
});

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "usher-connectors-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function aPackage(name: string, source: string, main: string | null = "./index.mjs") {
  await mkdir(join(folder, name));
  const exports = main === null ? {} : { exports: { ".": main } };
  await writeFile(join(folder, name, "package.json"), JSON.stringify(exports));
  await writeFile(join(folder, name, "index.mjs"), source);
}

const good = (id: string) =>
  `export const createGoodConnector = () => ({ manifest: { id: "${id}" }, connect() {} });`;

it("a broken package is named with its reason, and every other one is loaded", async () => {
  await aPackage("a-throws", 'throw new Error("no licence\\nsecond line");');
  await aPackage("b-syntax", "export const = 1;");
  await aPackage("c-good", good("good"));
  await aPackage("d-not-one", "export const answer = 42;");
  await aPackage("e-no-main", good("e"), null);
  await aPackage("f-missing", good("f"), "./elsewhere.mjs");
  await aPackage("g-twice", good("good"));
  await writeFile(join(folder, "README.md"), "no folder");
  await mkdir(join(folder, "h-empty"));
  const { connectors, brokenConnectors } = await loadConnectors({ folder });
  expect([...connectors.keys()]).toEqual(["good"]);
  const problems = new Map(brokenConnectors.map((one) => [one.id, one.problem]));
  expect([...problems.keys()]).toEqual([
    "a-throws",
    "b-syntax",
    "d-not-one",
    "e-no-main",
    "f-missing",
    "g-twice",
  ]);
  expect(problems.get("a-throws")).toContain(`${join(folder, "a-throws")} could not be loaded`);
  expect(problems.get("a-throws")).toContain("no licence. Its connections stand still");
  expect(problems.get("a-throws")).not.toContain("second line");
  expect(problems.get("d-not-one")).toContain("no create…Connector function");
  expect(problems.get("e-no-main")).toContain("exports “.”");
  expect(problems.get("g-twice")).toContain("another package");
});
