import { fromWireCatalog, type WireCatalog } from "@usher/api-contract";
import { type Catalog, checkCatalog } from "@usher/entitlement-core/catalog";
import { ApiProblem } from "../http/api-problem.ts";

/** The catalog as our own types know it. Throws `catalog_invalid` with everything in which it contradicts itself. */
export function readCatalog(wire: WireCatalog): Catalog {
  const catalog = fromWireCatalog(wire);
  refuseContradictions(catalog);
  return catalog;
}

export function refuseContradictions(catalog: Catalog): void {
  const faults = checkCatalog(catalog);
  const [first] = faults;
  if (first === undefined) return;
  throw new ApiProblem(
    "catalog_invalid",
    faults.length === 1
      ? first.sentence
      : `The catalog contradicts itself in ${faults.length} places: see errors.`,
    {
      errors: faults.slice(0, 50).map(({ at, sentence }) => ({
        pointer: `/${at.replaceAll(".", "/")}`,
        code: "contradiction",
        detail: sentence,
        fix: "Change the catalog so that this holds, then send it again.",
      })),
    },
  );
}
