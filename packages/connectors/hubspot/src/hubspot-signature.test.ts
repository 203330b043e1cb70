import { Signature } from "@hubspot/api-client";
import type { InboundRequest } from "@usher/connector-sdk/spec";
import { describe, expect, it } from "vitest";
import { decodeSignedUri, verifyHubSpotSignature } from "./hubspot-signature.ts";

const nowMs = 1_795_000_000_000;
const uri = "https://hub.example/v1/inbound/con_1";
const body = '[{"subscriptionType":"deal.creation","objectId":1,"text":"Ærø 🎉"}]';

/** Signed by HubSpot's own SDK. */
function signed(
  change: { secret?: string; url?: string; timestamp?: number; body?: string } = {},
): InboundRequest {
  const { secret = "s1", url = uri, timestamp = nowMs, body: text = body } = change;
  const signature = Signature.getSignature("POST", "v3", {
    clientSecret: secret,
    requestBody: text,
    url,
    timestamp,
    signature: "",
    signatureVersion: "v3",
    method: "POST",
  });
  return {
    headers: {
      "x-hubspot-signature-v3": signature,
      "x-hubspot-request-timestamp": String(timestamp),
    },
    rawBody: new TextEncoder().encode(text),
  };
}
const verify = (request: InboundRequest, change: { uri?: string; secrets?: string[] } = {}) =>
  verifyHubSpotSignature({ request, uri, secrets: ["s1", "s2"], nowMs, ...change });

describe("HubSpot's signature, version 3", () => {
  it("agrees with HubSpot's own SDK, with either secret while one is rotated", () => {
    expect(verify(signed())).toEqual({ verified: true });
    expect(verify(signed({ secret: "s2" }))).toEqual({ verified: true });
  });

  it("a future timestamp is refused, which the SDK's own check takes", () => {
    const timestamp = Date.now() + 30 * 86_400_000;
    const request = signed({ timestamp });
    const options = {
      signatureVersion: "v3",
      method: "POST",
      clientSecret: "s1",
      requestBody: body,
      url: uri,
      timestamp,
      signature: request.headers["x-hubspot-signature-v3"] ?? "",
    };
    expect(Signature.isValid(options)).toBe(true);
    expect(verify(request)).toMatchObject({ verified: false, because: "future" });
  });

  it.each([
    ["300 s old", -300_000, true],
    ["301 s old", -301_000, "stale"],
    ["300 s ahead", 300_000, true],
    ["301 s ahead", 301_000, "future"],
  ] as const)("a timestamp %s", (_, offMs, expected) => {
    const verdict = verify(signed({ timestamp: nowMs + offMs }));
    expect(verdict.verified || verdict.because).toBe(expected);
  });

  it("another address than HubSpot was given is invalid, and the detail says where to look", () => {
    const verdict = verify(signed({ url: "http://10.0.0.7:8080/inbound" }));
    expect(verdict).toMatchObject({
      verified: false,
      because: "invalid",
      detail: expect.stringContaining("webhookUri"),
    });
  });

  it("escapes that HubSpot undoes before signing are undone, the others stay", () => {
    const given =
      "https://hub.example/in%3Abound/a%2Fb?q=%40x%20y&r=%C3%A6%2c%3b%24%27%28%29%2A%21%3F";
    const decoded = "https://hub.example/in:bound/a/b?q=@x%20y&r=%C3%A6,;$'()*!?";
    expect(decodeSignedUri(given)).toBe(decoded);
    expect(verify(signed({ url: decoded }), { uri: given })).toEqual({ verified: true });
  });

  it.each([
    ["an empty secret", { secrets: ["", " "] }],
    ["no secret", { secrets: [] }],
  ])("%s never verifies", (_, change) => {
    expect(verify(signed({ secret: " " }), change).verified).toBe(false);
  });

  it.each(["x-hubspot-signature-v3", "x-hubspot-request-timestamp"])(
    "without %s it is missing",
    (name) => {
      const request = signed();
      const headers = { ...request.headers, [name]: "" };
      expect(verify({ ...request, headers })).toMatchObject({ because: "missing" });
    },
  );

  it.each(["x", "A".repeat(44), "💥", `${"A".repeat(43)}=`, "A".repeat(10_000)])(
    "a header of %s is invalid, and nothing is thrown",
    (header) => {
      const request = signed();
      const headers = { ...request.headers, "x-hubspot-signature-v3": header };
      expect(verify({ ...request, headers })).toMatchObject({ because: "invalid" });
    },
  );

  it("an altered or appended byte is invalid", () => {
    const request = signed();
    for (const rawBody of [
      Uint8Array.from([...request.rawBody, 32]),
      request.rawBody.map((byte, at) => (at === 9 ? byte ^ 1 : byte)),
    ]) {
      expect(verify({ ...request, rawBody })).toMatchObject({ because: "invalid" });
    }
  });
});
