import { isWellFormedApiKey } from "@usher/database";
import { ApiProblem } from "../http/api-problem.ts";

const challenge = { "WWW-Authenticate": 'Bearer realm="usher"' } as const;

/**
 * The key of an `Authorization: Bearer usher_sk_…` header. Throws `missing_api_key` when there is
 * none and `malformed_api_key` for anything that cannot be a key of ours: another scheme, two
 * values, a wrong checksum. The message never repeats what was sent.
 */
export function readBearerToken(header: string | undefined): string {
  if (header === undefined || header === "") {
    throw new ApiProblem(
      "missing_api_key",
      "Expected the header `Authorization: Bearer usher_sk_…` and got none.",
      { headers: challenge },
    );
  }
  const token =
    header.length > 7 && header.slice(0, 7).toLowerCase() === "bearer " ? header.slice(7) : "";
  if (!isWellFormedApiKey(token)) {
    throw new ApiProblem(
      "malformed_api_key",
      "The Authorization header does not hold a well-formed key: expected `Bearer usher_sk_…` with the whole key, unchanged.",
      { headers: challenge },
    );
  }
  return token;
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
