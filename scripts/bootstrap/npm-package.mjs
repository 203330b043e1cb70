import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { runCaptured } from "./child-processes.mjs";
import { Failure } from "./failure.mjs";

/**
 * Installs one npm package, without its install scripts, into `folder`. npm brings registry,
 * proxy and certificates as configured, and checks the download against the pinned integrity.
 * The folder appears complete or not at all.
 */
export async function installNpmPackage({ name, version, integrity, folder }) {
  const unfinished = `${folder}.unfinished-${process.pid}`;
  removeUnfinished(folder);
  mkdirSync(unfinished, { recursive: true });
  const root = { name: "usher-tool", private: true, dependencies: { [name]: version } };
  writeFileSync(join(unfinished, "package.json"), JSON.stringify(root));
  writeFileSync(
    join(unfinished, "package-lock.json"),
    JSON.stringify({
      name: root.name,
      lockfileVersion: 3,
      packages: {
        "": root,
        [`node_modules/${name}`]: { version, ...(integrity ? { integrity } : {}) },
      },
    }),
  );
  try {
    const { command, args } = npmCommand();
    const { code, output } = await runCaptured(
      command,
      [...args, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
      { cwd: unfinished },
    );
    if (code !== 0) {
      throw new Failure(
        `npm could not fetch ${name} ${version}. It said:\n${indent(sayings(output))}\nCheck the network, the registry and the proxy of npm, then start again.`,
      );
    }
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return join(folder, "node_modules", name);
}

/** What killed runs left half-way; one that is at work now has a live process in its name. */
function removeUnfinished(folder) {
  const parent = dirname(folder);
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent)) {
    const [owner, pid] = name.split(".unfinished-");
    if (owner !== basename(folder) || pid === undefined || isAlive(Number(pid))) continue;
    rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** The npm that runs us, if one does; else the one on PATH. */
function npmCommand() {
  const running = process.env.npm_execpath;
  return running && basename(running) === "npm-cli.js"
    ? { command: process.execPath, args: [running] }
    : { command: "npm", args: [] };
}

/** What npm says of a failure, without the frames of its stack and the error object it prints. */
function sayings(output) {
  const isCode = /^npm error\s+(at |async |\w+: '|\w+: \d+,?$|[{}\]]|\[)|^npm error\s*$/;
  return output
    .split("\n")
    .filter((line) => !isCode.test(line))
    .slice(0, 12)
    .join("\n");
}

export function indent(text) {
  return text.trim().replace(/^/gm, "    ");
}
