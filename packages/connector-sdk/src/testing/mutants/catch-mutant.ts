import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conformanceChecks, runConformance } from "../conformance.ts";
import { conformance } from "../reference/testing/acme-conformance.ts";
import { watchSystem } from "../watch-system.ts";
import { type Mutant, mutateSubject } from "./mutant.ts";

/**
 * The numbers of the checks that catch a mutant, each check run with a peer of its own, so that what
 * one leaves behind is not what another finds.
 */
export async function catchMutant(mutant: Mutant): Promise<readonly number[]> {
  let virtualMs = 0;
  const stopwatch = () => performance.now() + virtualMs;
  const home = readmeFolder(mutant);
  const slow: Mutant = {
    ...mutant,
    system: (system, dependencies) =>
      watchSystem({
        system: mutant.system?.(system, dependencies) ?? system,
        onCall: () => {
          virtualMs += mutant.slowMs ?? 0;
        },
      }),
  };
  const subject = {
    ...mutateSubject(conformance, slow),
    ...(home === null ? {} : { folder: home }),
    // A sales order is written as a bill is; one of the two will do for a mutant.
    skips: { "erp writes": { bypassReason: "written as bills are" } },
  };
  try {
    const caught: number[] = [];
    for (const { id } of conformanceChecks) {
      const { results } = await runConformance(subject, {
        // The time of a run is that of its other checks.
        only: id === 50 ? [4, 50] : [id],
        stopwatch,
        ...(id === 50 ? { budgetMs: mutant.slowMs === undefined ? 60_000 : 1_000 } : {}),
      });
      const result = results.find((one) => one.id === id);
      if (result?.outcome === "failed") caught.push(id);
    }
    return caught;
  } finally {
    if (home !== null) rmSync(home, { recursive: true });
  }
}

/** A copy of the connector's folder with the mutant's README; null where it is the connector's own. */
function readmeFolder(mutant: Mutant): string | null {
  if (mutant.readme === undefined || conformance.folder === undefined) return null;
  const home = mkdtempSync(join(tmpdir(), "usher-mutant-"));
  cpSync(conformance.folder, home, { recursive: true });
  const path = join(home, "README.md");
  writeFileSync(path, mutant.readme(readFileSync(path, "utf8")));
  return home;
}
