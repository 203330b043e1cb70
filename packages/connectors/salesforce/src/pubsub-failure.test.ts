import { Metadata, status } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { fromPubSubStatus, isPositionLost } from "./pubsub-failure.ts";

const prefix = "sfdc.platform.eventbus.grpc.";

function refusal(code: status, errorCode: string | null) {
  const metadata = new Metadata();
  if (errorCode !== null) metadata.set("error-code", errorCode);
  metadata.set("rpc-id", "rpc_7");
  return { code, details: "…", metadata };
}

describe("what the Pub/Sub API says no with", () => {
  it.each([
    ["service.auth.error", status.UNAUTHENTICATED, "auth_expired"],
    ["service.auth.headers.invalid", status.UNAUTHENTICATED, "auth_invalid"],
    ["service.unavailable", status.UNAVAILABLE, "transient"],
    ["topic.not.found", status.NOT_FOUND, "config"],
    ["subscription.topic.cannot.subscribe", status.PERMISSION_DENIED, "permission"],
    ["subscription.limit.exceeded", status.RESOURCE_EXHAUSTED, "quota_exhausted"],
    ["concurrent.client.limit.exceeded", status.RESOURCE_EXHAUSTED, "rate_limited"],
  ] as const)("%s, by its code and not by %i", (code, grpc, category) => {
    const error = refusal(grpc, prefix + code);
    const { detail } = fromPubSubStatus({ error, what: "Subscribing" });
    expect(detail).toMatchObject({
      category,
      vendorCode: prefix + code,
      vendorRequestId: "rpc_7",
    });
  });

  it.each([
    [status.UNAUTHENTICATED, "auth_expired"],
    [status.UNIMPLEMENTED, "config"],
    [status.INTERNAL, "transient"],
    [status.DEADLINE_EXCEEDED, "transient"],
  ] as const)("status %i without a code", (grpc, category) => {
    const { detail } = fromPubSubStatus({ error: refusal(grpc, null), what: "Subscribing" });
    expect(detail).toMatchObject({ category, vendorCode: null });
  });

  it.each([null, undefined, "text", new Error("socket"), { code: "ECONNRESET" }])(
    "something else, %s, is transient",
    (error) => {
      expect(fromPubSubStatus({ error, what: "Subscribing" }).detail.category).toBe("transient");
    },
  );

  it("tells a position that is lost from one that could not be read", () => {
    const of = (code: string) =>
      fromPubSubStatus({ error: refusal(status.INVALID_ARGUMENT, prefix + code), what: "x" });
    expect(isPositionLost(of("subscription.fetch.replayid.corrupted"))).toBe(true);
    expect(isPositionLost(of("subscription.fetch.replayid.validation.failed"))).toBe(true);
    expect(isPositionLost(of("subscription.fetch.topic.mismatch"))).toBe(false);
  });
});
