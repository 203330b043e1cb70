import { type ErrorAudience, errorCatalog } from "./error-catalog.ts";
import type { ErrorCode } from "./error-code.ts";

/** What the catalog says about a code, and where its page is. */
export interface ErrorDescription {
  readonly code: ErrorCode;
  /** HTTP status when the API answers with it; null for codes that only describe an order's problem. */
  readonly status: number | null;
  readonly audience: ErrorAudience;
  readonly title: string;
  /** Path of the page on the hub that explains the code: what happened and how to fix it. */
  readonly docsPath: string;
}

export function describeError(code: ErrorCode): ErrorDescription {
  return { code, ...errorCatalog[code], docsPath: `/docs/errors/${code}` };
}

/** True when `text` is a code of the catalog. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorCatalog, text);
}

/** Every code of the catalog, in its order. */
export const errorCodes = Object.keys(errorCatalog) as readonly ErrorCode[];
