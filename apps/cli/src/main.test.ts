import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { childEnvironment } from "./config.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
const home = mkdtempSync(join(tmpdir(), "usher-cli-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

function usher(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const env = childEnvironment({ NO_COLOR: "1", USHER_HOME: home, ...environment });
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { env }, (error, stdout, stderr) =>
      resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

describe("usher", () => {
  it("ends with 2 when it was typed wrongly, so that no script takes that for a no", async () => {
    const [missing, unknown, misspelled] = await Promise.all([
      usher(["check", "acme"]),
      usher(["bogus"]),
      usher(["order", "lst", "--json"]),
    ]);
    expect(missing).toMatchObject({ exitCode: 2, stdout: "" });
    expect(missing.stderr).toMatch(/^✗ Missing required argument 'feature'\.\n {2}Add --help/);
    expect(unknown).toMatchObject({ exitCode: 2, stdout: "" });
    expect(JSON.parse(misspelled.stderr)).toMatchObject({
      error: "Unknown command 'lst' (Did you mean list?)",
    });
  });

  it("shows help without a failure", async () => {
    expect(await usher(["order", "--help"])).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it("names the variable that is wrong and the demo file that cannot be read", async () => {
    writeFileSync(join(home, "demo.json"), "{broken");
    const [port, list, doctor] = await Promise.all([
      usher(["order", "list"], { USHER_PORT: "abc" }),
      usher(["order", "list"]),
      usher(["doctor", "--json"], { USHER_URL: "" }),
    ]);
    expect(port).toMatchObject({ exitCode: 2, stdout: "" });
    expect(port.stderr).toMatch(/^✗ The environment is not right\. USHER_PORT: expected a port/);
    expect(list).toMatchObject({ exitCode: 2, stdout: "" });
    expect(list.stderr).toMatch(/demo\.json is not what `start` writes/);
    expect(list.stderr).not.toMatch(/\bat .*:\d+:\d+/);
    expect(doctor.exitCode).toBe(1);
  });

  it("explains in `doctor` every variable it reads, without its value", async () => {
    const { stdout } = await usher(["doctor", "--json"], { USHER_API_KEY: "usher_sk_test_x" });
    const { environment } = JSON.parse(stdout) as { environment: readonly { about: string }[] };
    expect(environment).toContainEqual(
      expect.objectContaining({ name: "USHER_API_KEY", is_set: true }),
    );
    for (const { about } of environment) expect(about.length).toBeGreaterThan(10);
    expect(stdout).not.toContain("usher_sk_test_x");
  });
});
