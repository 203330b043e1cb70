import { describe, expect, it, vi } from "vitest";
import { createProgress } from "./progress.mjs";

describe("progress without a terminal", () => {
  it("says a step when it has taken a second, again every ten, and how long it took", async () => {
    const lines = await run({ quiet: true, ms: 12_400 });
    expect(lines[0]).toMatch(/^ {2}Tools … 1\.\d s$/);
    expect(lines[1]).toMatch(/^ {2}Tools … 11\.\d s$/);
    expect(lines.at(-1)).toBe("✓ Tools (12.4 s)");
    expect(lines).toHaveLength(3);
  });

  it("says nothing of a quick step when quiet, and its end when not", async () => {
    expect(await run({ quiet: true, ms: 300 })).toEqual([]);
    expect(await run({ quiet: false, ms: 300 })).toEqual(["✓ Tools (0.3 s)"]);
  });

  it("marks a failed step and lets the failure through", async () => {
    const lines = [];
    const progress = createProgress({ stream: { write: (line) => lines.push(line) } });
    await expect(progress.step("Tools", () => Promise.reject(new Error("no")))).rejects.toThrow(
      "no",
    );
    expect(lines.join("")).toMatch(/^✗ Tools/);
  });
});

async function run({ quiet, ms }) {
  vi.useFakeTimers();
  try {
    const lines = [];
    const progress = createProgress({
      stream: { write: (line) => lines.push(line.trimEnd()) },
      quiet,
      now: () => Date.now(),
    });
    const step = progress.step("Tools", () => new Promise((resolve) => setTimeout(resolve, ms)));
    await vi.advanceTimersByTimeAsync(ms);
    await step;
    return lines;
  } finally {
    vi.useRealTimers();
  }
}
