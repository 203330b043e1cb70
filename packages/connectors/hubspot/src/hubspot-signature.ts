import { createHmac, timingSafeEqual } from "node:crypto";
import type { InboundRequest } from "@usher/connector-sdk/spec";

export type HubSpotSignatureVerdict =
  | { readonly verified: true }
  | {
      readonly verified: false;
      readonly because: "missing" | "invalid" | "stale" | "future";
      readonly detail: string;
    };

const signatureHeader = "x-hubspot-signature-v3";
const timestampHeader = "x-hubspot-request-timestamp";

const skewMsMax = 5 * 60_000;

/**
 * Signature version 3: base64 of HMAC-SHA256 over method, URI, body and timestamp, keyed with the
 * app's client secret. Of our own making: the SDK's compares character by character and takes any
 * timestamp that lies ahead. Over the bytes as they came; in constant time; with any of `secrets`,
 * so that one can be rotated; and time is only told once the signature held. Empty secrets never
 * verify.
 * @see https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
 */
export function verifyHubSpotSignature(input: {
  readonly request: InboundRequest;
  /** As HubSpot was given it: scheme and host are signed too. */
  readonly uri: string;
  readonly secrets: readonly string[];
  readonly nowMs: number;
}): HubSpotSignatureVerdict {
  const { request, uri, nowMs } = input;
  const given = request.headers[signatureHeader]?.trim() ?? "";
  const timestamp = request.headers[timestampHeader]?.trim() ?? "";
  if (given === "" || timestamp === "") {
    const missing = given === "" ? "X-HubSpot-Signature-v3" : "X-HubSpot-Request-Timestamp";
    return { verified: false, because: "missing", detail: `The request carries no ${missing}.` };
  }
  const signature = /^[A-Za-z0-9+/]{43}=$/.test(given) ? Buffer.from(given, "base64") : null;
  if (signature === null || !/^\d{1,15}$/.test(timestamp)) {
    return {
      verified: false,
      because: "invalid",
      detail:
        "Expected base64 of 32 bytes in X-HubSpot-Signature-v3 and milliseconds in X-HubSpot-Request-Timestamp.",
    };
  }
  const secrets = input.secrets.filter((secret) => secret.trim() !== "");
  let isGenuine = false;
  for (const secret of secrets) {
    const expected = createHmac("sha256", secret)
      .update(`POST${decodeSignedUri(uri)}`)
      .update(request.rawBody)
      .update(timestamp)
      .digest();
    // No early exit: how long it takes must not tell which secret it was.
    if (timingSafeEqual(expected, signature)) isGenuine = true;
  }
  if (!isGenuine) {
    return {
      verified: false,
      because: "invalid",
      detail: `The signature does not match with any of ${secrets.length} secrets for POST ${uri}: another secret, another address than HubSpot was given (see webhookUri), or a body that was changed on its way.`,
    };
  }
  const ageMs = nowMs - Number(timestamp);
  if (ageMs > skewMsMax) {
    return {
      verified: false,
      because: "stale",
      detail: `Signed ${Math.round(ageMs / 1000)} s ago; at most ${skewMsMax / 1000} s are accepted.`,
    };
  }
  if (ageMs < -skewMsMax) {
    return {
      verified: false,
      because: "future",
      detail: `Signed ${Math.round(-ageMs / 1000)} s ahead of our clock; at most ${skewMsMax / 1000} s are accepted.`,
    };
  }
  return { verified: true };
}

/** Escapes that HubSpot undoes before it signs; every other one stays as it is. */
const decoded: Readonly<Record<string, string>> = {
  "%3A": ":",
  "%2F": "/",
  "%3F": "?",
  "%40": "@",
  "%21": "!",
  "%24": "$",
  "%27": "'",
  "%28": "(",
  "%29": ")",
  "%2A": "*",
  "%2C": ",",
  "%3B": ";",
};

export function decodeSignedUri(uri: string): string {
  return uri.replace(/%[0-9a-f]{2}/gi, (code) => decoded[code.toUpperCase()] ?? code);
}
