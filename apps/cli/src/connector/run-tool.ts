import { spawn } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { childEnvironment, projectRoot } from "../config.ts";

export interface ToolResult {
  readonly code: number;
  readonly output: string;
}

/** Runs a program of this checkout to its end, at most `msMax`; its output is for messages. */
export function runTool(input: {
  readonly program: string;
  readonly args: readonly string[];
  readonly msMax: number;
}): Promise<ToolResult> {
  const { program, args, msMax } = input;
  const places = [join(projectRoot, "node_modules/.bin"), join(projectRoot, ".tools/pnpm/bin")];
  const path = [...places, dirname(process.execPath), childEnvironment({})["PATH"] ?? ""];
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: projectRoot,
      env: childEnvironment({ PATH: path.join(delimiter), NO_COLOR: "1", CI: "1" }),
      stdio: ["ignore", "pipe", "pipe"],
      timeout: msMax,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    child.on("error", (error) => resolve({ code: -1, output: error.message }));
    child.on("close", (code) => resolve({ code: code ?? -1, output }));
  });
}
