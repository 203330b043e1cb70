import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type AtFailpoint, type Failpoint, failpoints, noFailpoints } from "@usher/activities";

/**
 * `<folder>:<name>,<name>…`: at the first of each named place the process kills itself as a power
 * cut would, once: a mark in the folder lets the next process pass. Tests only.
 */
export function failpointsFrom(setting: string | undefined): AtFailpoint {
  if (setting === undefined) return noFailpoints;
  const [folder, names] = setting.split(":");
  if (folder === undefined || names === undefined) {
    throw new Error("USHER_FAILPOINTS is of the form folder:name,name.");
  }
  const wanted = new Set(names.split(","));
  for (const name of wanted) {
    if (!failpoints.includes(name as Failpoint)) {
      throw new Error(`USHER_FAILPOINTS names ${name}; there are ${failpoints.join(", ")}.`);
    }
  }
  return (name) => {
    if (!wanted.has(name)) return;
    const mark = join(folder, name);
    if (existsSync(mark)) return;
    writeFileSync(mark, `${process.pid}\n`);
    process.kill(process.pid, "SIGKILL");
    // The signal is delivered asynchronously; nothing after this line may take effect.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000);
  };
}
