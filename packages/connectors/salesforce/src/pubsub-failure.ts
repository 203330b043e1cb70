import { type Metadata, status } from "@grpc/grpc-js";
import { connectorFailure } from "@usher/connector-sdk/http";
import type { ConnectorError, ConnectorErrorCategory } from "@usher/connector-sdk/spec";

const prefix = "sfdc.platform.eventbus.grpc.";

/** Codes that say a replay id leads nowhere: too old, of another org, or of this one before a migration. */
const lostPositions = new Set([
  "subscription.fetch.replayid.corrupted",
  "subscription.fetch.replayid.validation.failed",
]);

/** The code in the trailers tells what happened; one gRPC status stands for several of them. */
const categoryOfCode: Readonly<Record<string, ConnectorErrorCategory>> = {
  "service.auth.error": "auth_expired",
  "service.auth.headers.invalid": "auth_invalid",
  "service.tenant.license": "permission",
  "service.unavailable": "transient",
  "service.protection.triggered": "rate_limited",
  "service.protection.stream.limit.triggered": "rate_limited",
  "concurrent.client.limit.exceeded": "rate_limited",
  "topic.not.found": "config",
  "topic.meta.permission": "permission",
  "topic.api.unavailable": "transient",
  "schema.meta.permission": "permission",
  "schema.api.unavailable": "transient",
  "schema.validation.failed": "schema_drift",
  "subscription.topic.cannot.subscribe": "permission",
  "subscription.limit.exceeded": "quota_exhausted",
  "subscription.internal.error": "transient",
};

/** The event allocation rolls over 24 hours and has no reset instant. */
const quotaProbeMs = 15 * 60 * 1000;

/**
 * What the Pub/Sub API says no with.
 * @see https://developer.salesforce.com/docs/platform/pub-sub-api/guide/handling-errors.html
 */
export function fromPubSubStatus(input: {
  readonly error: unknown;
  readonly what: string;
}): ConnectorError {
  const { error, what } = input;
  const code = codeOf(error);
  const grpc = statusOf(error);
  const category = (code === null ? undefined : categoryOfCode[code]) ?? categoryOfStatus(grpc);
  return connectorFailure({
    category,
    message: `${what}: Salesforce's Pub/Sub API says ${code ?? (grpc === null ? "nothing that can be read" : status[grpc])}.${adviceFor(code, category)}`,
    vendorCode: code === null ? null : prefix + code,
    vendorRequestId: trailerOf(error, "rpc-id"),
    retryAfterMs: category === "quota_exhausted" ? quotaProbeMs : null,
    cause: error,
  });
}

export function isPositionLost(error: ConnectorError): boolean {
  const { vendorCode } = error.detail;
  return vendorCode !== null && lostPositions.has(vendorCode.slice(prefix.length));
}

function categoryOfStatus(code: status | null): ConnectorErrorCategory {
  switch (code) {
    case status.UNAUTHENTICATED:
      return "auth_expired";
    case status.PERMISSION_DENIED:
      return "permission";
    case status.INVALID_ARGUMENT:
    case status.NOT_FOUND:
    case status.UNIMPLEMENTED:
      return "config";
    case status.RESOURCE_EXHAUSTED:
      return "rate_limited";
    default:
      return "transient";
  }
}

function adviceFor(code: string | null, category: ConnectorErrorCategory): string {
  if (code === "topic.not.found") {
    return " Select Opportunity under Setup → Change Data Capture, and check that the API version has its events.";
  }
  if (category === "permission") {
    return " The connection's user has to see all opportunities, and the org has to have the Pub/Sub API.";
  }
  return "";
}

function codeOf(error: unknown): string | null {
  const code = trailerOf(error, "error-code");
  if (code === null) return null;
  return code.startsWith(prefix) ? code.slice(prefix.length) : code;
}

function statusOf(error: unknown): status | null {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : null;
  return typeof code === "number" && code in status ? code : null;
}

function trailerOf(error: unknown, name: string): string | null {
  if (typeof error !== "object" || error === null || !("metadata" in error)) return null;
  const metadata = error.metadata as Metadata | undefined;
  const [value] = metadata?.get(name) ?? [];
  return value === undefined ? null : String(value);
}
