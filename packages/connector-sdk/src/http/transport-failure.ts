import type { ConnectorError } from "../spec/connector-error.ts";
import { connectorFailure } from "./connector-failure.ts";
import { BodyTooLargeError } from "./read-capped-body.ts";

/** The connection was never made, so nothing can have happened over there. */
const neverSent = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

const untrusted = /^(ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY)_|ERR_SSL_)/;

/**
 * Why no whole answer arrived. The request may have been carried out all the same: then a write is
 * `outcome_unknown`, to be read back before it is repeated, while a read is `transient`.
 */
export function transportFailure(input: {
  readonly cause: unknown;
  readonly isWrite: boolean;
  /** `POST https://host/path`, without query: it may hold personal data. */
  readonly request: string;
  readonly reason: "timeout" | "aborted" | "broken";
  readonly waitedMs: number;
}): ConnectorError {
  const { cause, isWrite, request, reason } = input;
  const code = codeOf(cause);
  const lost = isWrite ? "outcome_unknown" : "transient";
  const afterwards = isWrite
    ? "It may have been carried out: read back before repeating it."
    : "It changed nothing and can be repeated.";
  if (cause instanceof BodyTooLargeError) {
    return connectorFailure({
      category: isWrite ? "outcome_unknown" : "schema_drift",
      message: `${request}: the answer is larger than expected (${cause.message}). ${afterwards}`,
      cause,
    });
  }
  if (reason === "timeout") {
    return connectorFailure({
      category: lost,
      message: `${request}: no whole answer within ${input.waitedMs} ms. ${afterwards}`,
      cause,
    });
  }
  if (reason === "aborted") {
    return connectorFailure({
      category: lost,
      message: `${request}: stopped by the caller before the answer came. ${afterwards}`,
      cause,
    });
  }
  if (code !== null && untrusted.test(code)) {
    return connectorFailure({
      category: "config",
      message: `${request}: the server's certificate is not trusted (${code}). Correct the URL or the certificate authorities of this machine.`,
      vendorCode: code,
      cause,
    });
  }
  if (code !== null && neverSent.has(code)) {
    return connectorFailure({
      category: "transient",
      message: `${request}: the server cannot be reached (${code}). Nothing was sent.`,
      vendorCode: code,
      cause,
    });
  }
  return connectorFailure({
    category: lost,
    message: `${request}: the connection broke before a whole answer came${code === null ? "" : ` (${code})`}. ${afterwards}`,
    vendorCode: code,
    cause,
  });
}

/** The system's code of a failed fetch, which hides it one or two causes deep. */
function codeOf(error: unknown): string | null {
  let current = error;
  for (let depth = 0; depth < 4; depth += 1) {
    if (typeof current !== "object" || current === null) return null;
    if ("code" in current && typeof current.code === "string") return current.code;
    if ("errors" in current && Array.isArray(current.errors)) current = current.errors[0];
    else current = "cause" in current ? current.cause : null;
  }
  return null;
}
