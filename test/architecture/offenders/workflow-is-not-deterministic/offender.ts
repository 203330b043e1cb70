import { readFileSync } from "node:fs";

export async function offend(): Promise<string> {
  return readFileSync("/etc/hostname", "utf8");
}
