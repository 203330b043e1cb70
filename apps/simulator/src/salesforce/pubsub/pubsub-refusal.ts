import { Metadata, type ServiceError, status } from "@grpc/grpc-js";

const PREFIX = "sfdc.platform.eventbus.grpc.";

/**
 * An error as the Pub/Sub API makes it: a gRPC status, and the code that matters in the trailers.
 * @see https://developer.salesforce.com/docs/platform/pub-sub-api/guide/handling-errors.html
 */
export function pubSubRefusal(
  code: keyof typeof refusals,
  rpcId: string,
): Pick<ServiceError, "code" | "details" | "metadata"> {
  const { grpc, details } = refusals[code];
  const metadata = new Metadata();
  metadata.set("error-code", PREFIX + code);
  metadata.set("rpc-id", rpcId);
  return { code: grpc, details: `${details} rpcId: ${rpcId}`, metadata };
}

const refusals = {
  "service.auth.error": {
    grpc: status.UNAUTHENTICATED,
    details: "An authentication exception occurred.",
  },
  "service.auth.headers.invalid": {
    grpc: status.UNAUTHENTICATED,
    details: "One of the authentication headers is missing or blank.",
  },
  "service.unavailable": { grpc: status.UNAVAILABLE, details: "The service is not available." },
  "topic.not.found": { grpc: status.NOT_FOUND, details: "The topic was not found." },
  "schema.validation.failed": {
    grpc: status.INVALID_ARGUMENT,
    details: "The schema id is not valid.",
  },
  "subscription.fetch.replayid.corrupted": {
    grpc: status.INVALID_ARGUMENT,
    details: "The Replay ID validation failed. Ensure that the Replay ID is valid.",
  },
  "subscription.fetch.replayid.validation.failed": {
    grpc: status.INVALID_ARGUMENT,
    details: "replay_preset is CUSTOM, but no Replay ID value is set.",
  },
  "subscription.fetch.requested.events.invalid": {
    grpc: status.INVALID_ARGUMENT,
    details: "The number of requested events must be greater than zero.",
  },
  "subscription.fetch.topic.mismatch": {
    grpc: status.INVALID_ARGUMENT,
    details: "The topic differs from the one the subscription began with.",
  },
  "subscription.limit.exceeded": {
    grpc: status.RESOURCE_EXHAUSTED,
    details: "You have exceeded the event delivery limit for your org.",
  },
} as const;

export type PubSubRefusalCode = keyof typeof refusals;
