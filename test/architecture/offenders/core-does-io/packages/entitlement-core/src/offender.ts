import { readFileSync } from "node:fs";

export async function offend(): Promise<unknown> {
  console.log(process.env, readFileSync("/etc/hostname"));
  setTimeout(() => undefined, 1);
  return fetch("http://127.0.0.1");
}
