import { canonicalHash } from "@usher/entitlement-core/kernel";
import { ApiProblem } from "./api-problem.ts";

const shape = /^[\x21-\x7e]{1,255}$/;

/** The key as sent. Throws when it is required and missing, or is no 1 to 255 visible ASCII characters. */
export function readIdempotencyKey({
  header,
  rule,
}: {
  readonly header: string | undefined;
  readonly rule: "required" | "optional" | "none";
}): string | null {
  if (rule === "none") return null;
  if (header === undefined || header === "") {
    if (rule === "optional") return null;
    throw new ApiProblem(
      "missing_idempotency_key",
      "This route starts work, so it needs an Idempotency-Key header: any text of your own, 1 to 255 visible characters, the same for each try of one effect.",
    );
  }
  if (!shape.test(header)) {
    throw new ApiProblem(
      "invalid_request",
      "The Idempotency-Key is not 1 to 255 visible ASCII characters.",
      {
        errors: [
          {
            pointer: "header:Idempotency-Key",
            code: "invalid_format",
            detail: "expected 1 to 255 visible ASCII characters",
            fix: "Send a UUID, for example.",
          },
        ],
      },
    );
  }
  return header;
}

/** What makes two requests the same: where they went and what they say, whatever the order of fields. */
export function fingerprintOf({
  path,
  body,
}: {
  readonly path: string;
  readonly body: unknown;
}): string {
  return canonicalHash({ path, body: body ?? null });
}

/** 7 days: longer than any caller goes on retrying. */
export const idempotencyKeptMs = 7 * 86_400_000;
