import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProjectFolder } from "../project-folder.ts";
import { takeTurn } from "../take-turn.ts";
import { trytonUsher } from "./furnish-tryton-company.ts";
import { installTryton, trytonFolderIn } from "./tryton-programs.ts";
import { openTrytonRpc, type TrytonRpc, trytonDatabase } from "./tryton-rpc.ts";
import { type InstalledTryton, startTrytonServer } from "./tryton-server.ts";
import { prepareTrytonTemplate, trytonAdministrator } from "./tryton-template.ts";

/** A real Tryton that tests can start copies of; or why this machine can have none. */
export type Tryton =
  | { readonly kind: "ready"; start(): Promise<RunningTryton> }
  | { readonly kind: "unavailable"; readonly because: string };

export interface RunningTryton {
  readonly url: string;
  readonly database: string;
  /** Of the account made for Usher. */
  readonly user: string;
  readonly password: string;
  /** As the administrator, in the company's context. */
  readonly administrator: TrytonRpc;
  readonly pid: number;
  /** Stops the server and removes its database. */
  stop(): Promise<void>;
}

// Above all time limits of the making, so that whoever waits sees its outcome.
const otherMakerTimeoutMs = 10 * 60_000;

/**
 * Tryton 8.2, ready to be started: installed and furnished once per clone under `.tools/tryton`
 * (about a minute), found there afterwards. Test files that come at the same time wait for the one
 * that makes it. Each `start` serves a copy of its own, on loopback.
 */
export function prepareTryton(input: {
  readonly say: (sentence: string) => void;
}): Promise<Tryton> {
  // Turns are between processes; within one, all share the first call's outcome.
  prepared ??= prepare(input);
  return prepared;
}

let prepared: Promise<Tryton> | undefined;

async function prepare({ say }: { readonly say: (sentence: string) => void }): Promise<Tryton> {
  if (process.platform === "win32") return { kind: "unavailable", because: "needs a POSIX shell" };
  const folder = trytonFolderIn(findProjectFolder());
  const giveBack = await takeTurn({ file: join(folder, "making"), timeoutMs: otherMakerTimeoutMs });
  try {
    const programs = await installTryton({ folder, say });
    if (programs.kind === "unavailable") return programs;
    const template = await prepareTrytonTemplate({ programs, say });
    return { kind: "ready", start: () => startCopy({ programs, template }) };
  } finally {
    giveBack();
  }
}

async function startCopy(input: {
  readonly programs: InstalledTryton;
  readonly template: string;
}): Promise<RunningTryton> {
  const folder = mkdtempSync(join(tmpdir(), "usher-tryton-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    copyFileSync(input.template, join(folder, `${trytonDatabase}.sqlite`));
    const server = await startTrytonServer({ programs: input.programs, folder });
    const administrator = await openTrytonRpc({
      url: server.url,
      ...trytonAdministrator,
      context: { company: 1, language: "en" },
    });
    return {
      url: server.url,
      database: trytonDatabase,
      ...trytonUsher,
      administrator,
      pid: server.pid,
      stop: async () => {
        await server.stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
