import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

it("peers are measured in the versions that the hub itself uses", () => {
  const { dependencies } = JSON.parse(read("bench/package.json")) as {
    dependencies: Record<string, string>;
  };
  const catalog = read("pnpm-workspace.yaml");
  for (const [name, version] of Object.entries(dependencies)) {
    const pinned = new RegExp(`^ {2}"?${name}"?: (.+)$`, "m").exec(catalog)?.[1];
    expect(`${name} ${version}`).toBe(`${name} ${pinned}`);
  }
});
