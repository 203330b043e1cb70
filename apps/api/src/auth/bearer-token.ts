import { isWellFormedApiKey } from "@usher/database";
import { ApiProblem } from "../http/api-problem.ts";

const challenge = { "WWW-Authenticate": 'Bearer realm="usher"' } as const;
const start = "Bearer usher_sk_";

/**
 * What an `Authorization: Bearer usher_sk_…` header holds. Throws `missing_api_key` when there is
 * none and `malformed_api_key` for another scheme or another kind of token. The checksum is looked
 * at later, and only for keys that are not known: see `refuseMalformedKey`.
 */
export function readBearerToken(header: string | undefined): string {
  if (header === undefined || header === "") {
    throw new ApiProblem(
      "missing_api_key",
      "Expected the header `Authorization: Bearer usher_sk_…` and got none.",
      {
        headers: challenge,
      },
    );
  }
  // RFC 9110 §11.1: the scheme's name is case-insensitive.
  if (header.startsWith(start)) return header.slice("Bearer ".length);
  if (header.slice(0, start.length).toLowerCase() === start.toLowerCase())
    return header.slice("Bearer ".length);
  throw malformedKey();
}

/** Throws `malformed_api_key` for what cannot be a key of ours, so that a typo costs no look into the database. */
export function refuseMalformedKey(token: string): void {
  if (!isWellFormedApiKey(token)) throw malformedKey();
}

function malformedKey(): ApiProblem {
  // The message never repeats what was sent.
  return new ApiProblem(
    "malformed_api_key",
    "The Authorization header does not hold a well-formed key: expected `Bearer usher_sk_…` with the whole key, unchanged.",
    { headers: challenge },
  );
}

export function refusedKey(
  code: "unknown_api_key" | "revoked_api_key" | "expired_api_key",
): ApiProblem {
  const sentences = {
    unknown_api_key: "No such API key is known here. Check that it was made for this hub.",
    revoked_api_key: "This API key was revoked. Use another one.",
    expired_api_key: "This API key has expired. Use another one.",
  } as const;
  return new ApiProblem(code, sentences[code], { headers: challenge });
}
