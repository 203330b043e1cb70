import { jsonDepthMax, usageEventSchema, type WireUsageEvent } from "@usher/api-contract";
import { ApiProblem } from "../http/api-problem.ts";
import { parseJson } from "../http/parse-json.ts";
import { decodeUtf8 } from "../http/read-body.ts";
import { invalidRequest } from "../http/zod-faults.ts";

/** One event as it came: read, or refused with the reason. What it names itself is kept either way. */
export type ReadUsageEvent =
  | { readonly ok: true; readonly event: WireUsageEvent }
  | {
      readonly ok: false;
      readonly source: string | null;
      readonly id: string | null;
      readonly problem: ApiProblem;
    };

const eventsMax = 1_000;

/**
 * The events of a request, in any of the ways CloudEvents may travel over HTTP
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md):
 * structured, batched, binary (attributes in `ce-` headers, data as body), or plain JSON of either.
 * A malformed event in a batch is that event's fault; a malformed request throws `ApiProblem`.
 */
export function readUsageEvents({
  contentType,
  headers,
  body,
}: {
  readonly contentType: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}): readonly ReadUsageEvent[] {
  const mode = modeOf(contentType, headers);
  const value = parseJson({ text: decodeUtf8(body), depthMax: jsonDepthMax });
  switch (mode) {
    case "batch":
      if (!Array.isArray(value)) throw wrongShape("an array of events");
      return readBatch(value);
    case "structured":
      return [readOne(value)];
    case "binary":
      return [readOne({ ...attributesOf(headers), data: value })];
    case "plain":
      return Array.isArray(value) ? readBatch(value) : [readOne(value)];
  }
}

function readBatch(values: readonly unknown[]): readonly ReadUsageEvent[] {
  if (values.length === 0) throw wrongShape("at least one event");
  if (values.length > eventsMax)
    throw wrongShape(`at most ${eventsMax.toLocaleString("en-US")} events`);
  return values.map(readOne);
}

type Mode = "structured" | "batch" | "binary" | "plain";

function modeOf(contentType: string | undefined, headers: Readonly<Record<string, string>>): Mode {
  const type = contentType?.split(";")[0]?.trim().toLowerCase();
  switch (type) {
    case "application/cloudevents+json":
      return "structured";
    case "application/cloudevents-batch+json":
      return "batch";
    case "application/json":
      return headers["ce-specversion"] === undefined ? "plain" : "binary";
    default:
      throw new ApiProblem(
        "unsupported_media_type",
        "Expected application/json, application/cloudevents+json or application/cloudevents-batch+json.",
      );
  }
}

/** Attributes of the binary mode; header values are percent-encoded (§3.1.3.2). */
function attributesOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith("ce-")) continue;
    try {
      attributes[name.slice("ce-".length)] = decodeURIComponent(value);
    } catch {
      attributes[name.slice("ce-".length)] = value;
    }
  }
  return attributes;
}

// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#attribute-naming-convention
const attributeName = /^[a-z0-9]{1,40}$/;

function readOne(value: unknown): ReadUsageEvent {
  const parsed = usageEventSchema.safeParse(value);
  const unnamed =
    typeof value === "object" && value !== null
      ? Object.keys(value).find((name) => !attributeName.test(name))
      : undefined;
  if (parsed.success && unnamed === undefined) return { ok: true, event: parsed.data };
  const problem = parsed.success
    ? new ApiProblem(
        "invalid_request",
        `“${String(unnamed).slice(0, 60)}” is no attribute of a CloudEvent: names are lower case letters and digits.`,
      )
    : invalidRequest({ error: parsed.error, place: "body" });
  return { ok: false, source: textOf(value, "source"), id: textOf(value, "id"), problem };
}

function textOf(value: unknown, name: string): string | null {
  if (typeof value !== "object" || value === null) return null;
  const text = (value as Record<string, unknown>)[name];
  return typeof text === "string" ? text.slice(0, 300) : null;
}

function wrongShape(expected: string): ApiProblem {
  return new ApiProblem("invalid_request", `The body must hold ${expected}.`, {
    errors: [
      {
        pointer: "",
        code: "invalid_type",
        detail: `expected ${expected}`,
        fix: "See /openapi.json.",
      },
    ],
  });
}
