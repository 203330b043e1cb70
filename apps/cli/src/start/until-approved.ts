import { createUsherClient } from "@usher/api-contract";
import colors from "picocolors";
import { onKeyPress } from "./read-key.ts";

/** Resolves on the key `a`, on a decision made on the page, or at once where there is no terminal to press a key in. */
export async function untilApproved(input: {
  readonly taskPage: string;
  readonly baseUrl: string;
  readonly approverKey: string;
  readonly stdin: NodeJS.ReadStream;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  readonly onInterrupt: () => void;
}): Promise<void> {
  if (!input.stdin.isTTY) {
    input.say(colors.dim("          No terminal to press a key in: Dana approves by herself."));
    return;
  }
  input.say(
    `          ${colors.yellow("Waiting for Finance.")} Press ${colors.bold("a")} to approve as Dana, or decide at ${colors.cyan(input.taskPage)}`,
  );
  const asDana = createUsherClient({ baseUrl: input.baseUrl, apiKey: input.approverKey });
  const taskId = input.taskPage.split("/").at(-1) ?? "";
  await new Promise<void>((resolve, reject) => {
    const finish = (settle: () => void) => {
      keys.stop();
      clearInterval(watch);
      settle();
    };
    const keys = onKeyPress({
      stdin: input.stdin,
      onKey: (key) => {
        if (key === "a") finish(resolve);
      },
      onInterrupt: input.onInterrupt,
    });
    const watch = setInterval(() => {
      void asDana.call("getApprovalTask", { path: { id: taskId } }).then(
        (answer) => {
          if (answer.ok && answer.data.status !== "open") finish(resolve);
        },
        // A hub that is away for a moment is asked again; the key still works.
        () => {},
      );
    }, 1_000);
    input.signal.addEventListener("abort", () => finish(() => reject(new Error("stopped"))), {
      once: true,
    });
  });
}
