/** One contradiction in a catalog. `at` is the path in the catalog file, `sentence` says what to change. */
export interface CatalogFault {
  readonly at: string;
  readonly sentence: string;
}

/** Thrown by `defineCatalog`: the file cannot be used, and these are all the reasons. */
export class CatalogInvalidError extends Error {
  override readonly name = "CatalogInvalidError";
  readonly faults: readonly CatalogFault[];

  constructor(faults: readonly CatalogFault[]) {
    super(
      [
        `The catalog contradicts itself in ${faults.length} ${faults.length === 1 ? "place" : "places"}:`,
        ...faults.map(({ at, sentence }) => `- ${at}: ${sentence}`),
      ].join("\n"),
    );
    this.faults = faults;
  }
}
