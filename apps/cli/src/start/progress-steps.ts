import colors from "picocolors";

/**
 * Tells what start-up is doing: one line a step, with the seconds it took. On a terminal the line of
 * the running step counts up, so that nothing that takes longer than a second looks stuck.
 */
export interface ProgressSteps {
  run<Value>(name: string, work: () => Promise<Value>): Promise<Value>;
}

export function createProgressSteps(input: {
  readonly stream: NodeJS.WriteStream;
  readonly now: () => number;
}): ProgressSteps {
  const running = new Map<string, number>();
  const seconds = (since: number) => `${((input.now() - since) / 1000).toFixed(1)} s`;
  const clearLine = () => {
    if (input.stream.isTTY) input.stream.write("\r\x1b[2K");
  };
  const drawRunning = () => {
    if (!input.stream.isTTY || running.size === 0) return;
    clearLine();
    input.stream.write(
      colors.dim(
        `  … ${[...running].map(([name, since]) => `${name} ${seconds(since)}`).join(" · ")}`,
      ),
    );
  };

  return {
    async run(name, work) {
      const since = input.now();
      running.set(name, since);
      const ticker = setInterval(drawRunning, 200);
      try {
        const value = await work();
        running.delete(name);
        clearLine();
        input.stream.write(`  ${colors.green("✓")} ${name} ${colors.dim(seconds(since))}\n`);
        return value;
      } catch (error) {
        running.delete(name);
        clearLine();
        input.stream.write(`  ${colors.red("✗")} ${name} ${colors.dim(seconds(since))}\n`);
        throw error;
      } finally {
        clearInterval(ticker);
        drawRunning();
      }
    },
  };
}
