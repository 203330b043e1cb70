import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { pins } from "./pins.mjs";

const read = (file) => readFileSync(new URL(`../${file}`, import.meta.url), "utf8");

it("every file that names a version of a tool names the pinned one", () => {
  expect(read(".node-version").trim()).toBe(pins.node.version);
  expect(JSON.parse(read("package.json")).packageManager).toBe(`pnpm@${pins.pnpm.version}`);
  expect(read("Dockerfile")).toContain(`node:${pins.node.version}-`);
  expect(read("Dockerfile")).toContain(`pnpm@${pins.pnpm.version}`);
});

it("each kind of machine has a tool of every sort, and the server by checksum", () => {
  const machines = Object.keys(pins.node.packages);
  expect(Object.keys(pins.pnpm.packages)).toEqual(machines);
  for (const list of [pins.temporal.programs, pins.temporal.wheels]) {
    expect(Object.keys(list)).toEqual(machines);
    for (const checksum of Object.values(list)) expect(checksum).toMatch(/^[0-9a-f]{64}$/);
  }
});

it("lockfiles name no address of any one machine's registry", () => {
  expect(read("pnpm-lock.yaml")).not.toMatch(/https?:\/\/|tarball:/);
});
