import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of this clone: the nearest one above this file that holds the workspace. */
export function findProjectFolder(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "pnpm-workspace.yaml"))) return folder;
    if (folder === dirname(folder)) {
      throw new Error(
        `No pnpm-workspace.yaml in any folder above ${import.meta.dirname}: this must run from a clone.`,
      );
    }
  }
}

/** Where the bootstrap puts the Temporal server binary, or a link to the one it found. */
export function temporalBinaryIn(projectFolder: string): string {
  return join(projectFolder, ".tools", "temporal", "bin", "temporal");
}
