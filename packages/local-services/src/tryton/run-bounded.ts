import { execFile } from "node:child_process";

export interface BoundedRun {
  readonly ok: boolean;
  /** Standard output and error together, at most 4 MiB. */
  readonly output: string;
}

/** Runs a program to its end, or to SIGKILL after `timeoutMs`. Never throws: not being there is an answer too. */
export function runBounded(input: {
  readonly command: string;
  readonly args: readonly string[];
  readonly timeoutMs: number;
  readonly env?: NodeJS.ProcessEnv;
}): Promise<BoundedRun> {
  return new Promise((resolve) => {
    execFile(
      input.command,
      [...input.args],
      {
        timeout: input.timeoutMs,
        killSignal: "SIGKILL",
        maxBuffer: 4 * 1024 * 1024,
        env: input.env ?? process.env,
      },
      (error, stdout, stderr) => {
        const why =
          error === null
            ? ""
            : `${error.killed === true ? `stopped after ${input.timeoutMs / 1_000} s` : error.message}\n`;
        resolve({ ok: error === null, output: `${why}${stdout}${stderr}` });
      },
    );
  });
}
