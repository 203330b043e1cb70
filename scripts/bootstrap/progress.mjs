import { Stopped } from "./failure.mjs";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/**
 * Says what is being done and for how long. On a terminal: one line that moves. Elsewhere: a line
 * when a step takes more than a second, one every ten seconds, one at its end.
 * `quiet` says nothing of steps that end within a second.
 */
export function createProgress({ stream, quiet = false, now = () => performance.now() }) {
  const moves = Boolean(stream.isTTY) && !process.env.CI;
  return {
    /** Runs `work`; its argument changes what the line says. Returns what `work` returns. */
    async step(name, work) {
      const startedAt = now();
      const elapsed = () => ((now() - startedAt) / 1000).toFixed(1);
      let detail = "";
      let frame = 0;
      let announced = false;
      let nextLineAt = startedAt + 1000;
      const say = (text) => stream.write(`${text}\n`);
      const draw = () => {
        if (moves) {
          if (now() - startedAt < 300) return;
          stream.write(
            `\r\x1b[2K${frames[frame++ % frames.length]} ${name}${detail} ${elapsed()} s`,
          );
        } else if (now() >= nextLineAt) {
          say(`  ${name}${detail} … ${elapsed()} s`);
          nextLineAt = now() + 10_000;
        } else {
          return;
        }
        announced = true;
      };
      const timer = setInterval(draw, moves ? 100 : 250);
      const finish = (mark) => {
        clearInterval(timer);
        if (moves && announced) stream.write("\r\x1b[2K");
        if (!quiet || announced)
          say(`${mark} ${name}${mark === "✓" ? "" : detail} (${elapsed()} s)`);
      };
      try {
        const result = await work((text) => {
          detail = text ? `: ${text}` : "";
        });
        finish(result?.failed ? "✗" : "✓");
        return result;
      } catch (error) {
        finish(error instanceof Stopped ? "–" : "✗");
        throw error;
      }
    },
    note(text) {
      stream.write(`  ${text}\n`);
    },
  };
}
