import { readdirSync, readFileSync } from "node:fs";

/**
 * Seconds of processor time that all threads of a process have taken so far; null where the system
 * does not tell (anything but Linux).
 */
export function processorSecondsOf(pid: number): number | null {
  try {
    const tasks = `/proc/${pid}/task`;
    return (
      readdirSync(tasks).reduce((sum, task) => {
        // "time on the processor in ns, time waiting for it, turns" (kernel, sched-stats.rst)
        const [nanoseconds] = readFileSync(`${tasks}/${task}/schedstat`, "utf8").split(" ");
        return sum + Number(nanoseconds);
      }, 0) / 1e9
    );
  } catch {
    return null;
  }
}
