import type { errorCatalog } from "./error-catalog.ts";

/** A code of the one catalog. Each has a page at docs/errors/<code>.md. */
export type ErrorCode = keyof typeof errorCatalog;
