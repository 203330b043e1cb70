import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findPython } from "./find-python.ts";
import { runBounded } from "./run-bounded.ts";

/** Tryton's programs, installed; or why they cannot be had on this machine. */
export type TrytonPrograms =
  | {
      readonly kind: "installed";
      /** Holds everything of these versions; shared by all runs of this clone. */
      readonly folder: string;
      readonly python: string;
      readonly server: string;
      readonly admin: string;
    }
  | { readonly kind: "unavailable"; readonly because: string };

const requirements = join(import.meta.dirname, "tryton-requirements.txt");

/** Folder of the pinned versions below `.tools/tryton`; another pin is another folder. */
export function trytonFolderIn(projectFolder: string): string {
  const pin = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  return join(projectFolder, ".tools", "tryton", pin);
}

/**
 * Installs the pinned versions from PyPI (or what pip is configured for) into an environment of
 * their own, once. The caller holds the folder: two installers must not meet. Ends within five
 * minutes. No Python, no pip or no package index is `unavailable`, with the reason.
 */
export async function installTryton({
  folder,
  say,
}: {
  readonly folder: string;
  readonly say: (sentence: string) => void;
}): Promise<TrytonPrograms> {
  const environment = join(folder, "venv");
  const bin = join(environment, "bin");
  const installed: TrytonPrograms = {
    kind: "installed",
    folder,
    python: join(bin, "python"),
    server: join(bin, "trytond"),
    admin: join(bin, "trytond-admin"),
  };
  // Scripts of an environment name its folder, so it is made in place and marked when whole.
  const whole = join(folder, "installed");
  if (existsSync(whole) && existsSync(installed.server)) return installed;

  const python = await findPython();
  if (python.kind === "missing") return { kind: "unavailable", because: python.because };
  rmSync(environment, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  say("Tryton: installing 8.2 from PyPI (once; about half a minute)");
  const made = await runBounded({
    command: python.command,
    args: ["-m", "venv", ...(python.hasPip ? ["--without-pip"] : []), environment],
    timeoutMs: 60_000,
  });
  if (!made.ok) return unavailable("no virtual environment could be made", made.output);
  const got = await runBounded({
    command: python.hasPip ? python.command : installed.python,
    args: [
      "-m",
      "pip",
      ...(python.hasPip ? ["--python", installed.python] : []),
      "install",
      "--quiet",
      "--no-input",
      "--disable-pip-version-check",
      "--require-hashes",
      // No package's set-up script runs: only finished wheels are taken.
      "--only-binary=:all:",
      "--requirement",
      requirements,
    ],
    timeoutMs: 240_000,
  });
  if (!got.ok) return unavailable("pip could not install the pinned versions", got.output);
  const cheap = await makeLogInsCheap(installed.python);
  if (!cheap.ok) return unavailable("the environment could not be finished", cheap.output);
  writeFileSync(whole, "");
  return installed;
}

/**
 * A password's hash is slow on purpose: a fifth of a second of one core, which a test run pays a
 * hundred times over. Its cost is set to next to nothing for this environment, before Tryton starts.
 */
function makeLogInsCheap(python: string) {
  const line =
    "import argon2; argon2.DEFAULT_TIME_COST = 1; argon2.DEFAULT_MEMORY_COST = 8; argon2.DEFAULT_PARALLELISM = 1";
  return runBounded({
    command: python,
    args: [
      "-c",
      "import pathlib, site, sys; pathlib.Path(site.getsitepackages()[0], 'usher-tests.pth').write_text(sys.argv[1])",
      line,
    ],
    timeoutMs: 20_000,
  });
}

function unavailable(what: string, output: string): TrytonPrograms {
  const [last = ""] = output.trim().split("\n").slice(-1);
  return { kind: "unavailable", because: `${what} (${last.trim().slice(0, 300)})` };
}
