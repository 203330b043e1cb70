import { defineRoute } from "../wire/route.ts";
import { usageEventsAnswerSchema, usageEventsBodySchema } from "./usage-schema.ts";

export const ingestUsageEvents = defineRoute({
  operationId: "ingestUsageEvents",
  method: "post",
  path: "/v1/usage_events",
  tag: "usage",
  summary: "Report usage",
  description:
    "CloudEvents 1.0 over HTTP: structured (`application/cloudevents+json`), batched (`application/cloudevents-batch+json`), binary (`ce-*` headers with the data as body), or plain `application/json` holding one event or an array. Deduplicated by source and id; durable before the answer.",
  access: "usage:write",
  idempotency: "none",
  body: {
    kind: "bytes",
    bytesMax: 1_048_576,
    mediaTypes: [
      "application/json",
      "application/cloudevents+json",
      "application/cloudevents-batch+json",
    ],
    schema: usageEventsBodySchema,
    description: "One event or a batch.",
  },
  success: {
    status: 202,
    description: "Stored. Refused events are named.",
    schema: usageEventsAnswerSchema,
  },
  errors: ["unsupported_media_type"],
});
