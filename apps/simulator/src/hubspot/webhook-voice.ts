import { createHmac } from "node:crypto";
import type { WebhookVoice } from "../webhook/delivery-runner.ts";
import type { ChangeFeed } from "./change-feed.ts";

/** Refused for good: HubSpot does not send these again. */
const NOT_RETRIED: readonly number[] = [400, 401, 403, 404, 405];

/**
 * Signature version 3: base64 of HMAC-SHA256 over method, URI, body and the timestamp in
 * milliseconds, which travels in a header of its own.
 * @see https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
 */
export function createHubSpotVoice(feed: ChangeFeed): WebhookVoice {
  return {
    bodyOf: (batchId, attempt) => feed.batchBody(batchId, attempt),
    sign({ url, body, secret, timestampMs }) {
      const signed = `POST${decodeSignedUri(url)}${body}${timestampMs}`;
      return {
        "X-HubSpot-Request-Timestamp": String(timestampMs),
        "X-HubSpot-Signature-v3": createHmac("sha256", secret)
          .update(signed, "utf8")
          .digest("base64"),
      };
    },
    isRetried: (status) => !NOT_RETRIED.includes(status),
  };
}

const DECODED: Readonly<Record<string, string>> = {
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

/** The URI as it is signed: some escapes are undone, the others stay. */
function decodeSignedUri(url: string): string {
  return url.replace(/%[0-9a-f]{2}/gi, (code) => DECODED[code.toUpperCase()] ?? code);
}
