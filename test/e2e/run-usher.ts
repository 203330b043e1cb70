import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { HubUnderTest } from "./hub-under-test.ts";

export interface Ran {
  readonly code: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape.
  readonly json: any;
}

/** `usher … --json` as a process of its own, as a script runs it. */
export function runUsher(
  hub: Pick<HubUnderTest, "baseUrl" | "operatorKey">,
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
          NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
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
