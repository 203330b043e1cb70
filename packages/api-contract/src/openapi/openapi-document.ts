import type { RouteConfig } from "@asteasolutions/zod-to-openapi";
import { OpenAPIRegistry, OpenApiGeneratorV31 } from "@asteasolutions/zod-to-openapi";
import type { ErrorCode } from "@usher/entitlement-core/errors";
import { errorCatalog } from "@usher/entitlement-core/errors";
import { z } from "zod";
import { routes } from "../routes.ts";
import { currentApiVersion } from "../wire/api-version.ts";
import { problemSchema } from "../wire/problem-schema.ts";
import type { RouteDescription } from "../wire/route.ts";
import { jsonDepthMax } from "../wire/route.ts";

export type OpenApiDocument = ReturnType<OpenApiGeneratorV31["generateDocument"]>;

/** The OpenAPI 3.1 document of all routes. Pure: the same text on every call. */
export function createOpenApiDocument(): OpenApiDocument {
  const registry = new OpenAPIRegistry();
  registry.registerComponent("securitySchemes", "apiKey", {
    type: "http",
    scheme: "bearer",
    description: "`Authorization: Bearer usher_sk_…`. The tenant follows from the key.",
  });
  const inOrder = Object.values<RouteDescription>(routes).toSorted(
    (one, other) => one.path.localeCompare(other.path) || one.method.localeCompare(other.method),
  );
  for (const route of inOrder) registry.registerPath(toRouteConfig(route));
  return new OpenApiGeneratorV31(registry.definitions, {
    sortComponents: "alphabetically",
  }).generateDocument({
    openapi: "3.1.0",
    info: {
      title: "Usher",
      version: currentApiVersion,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      description:
        "From closed-won to access. Every error is `application/problem+json` (RFC 9457) whose `type` is the page of its code. " +
        `Bodies are strict: unknown fields are refused, nesting stops at ${jsonDepthMax} levels.`,
    },
    servers: [{ url: "/" }],
  });
}

/** Codes that any route can answer with, because of what stands before every handler. */
export function commonErrors(route: RouteDescription): readonly ErrorCode[] {
  return [
    "invalid_request",
    "unsupported_version",
    "internal_error",
    "request_timeout",
    ...(route.access === "public" || route.access === "signed"
      ? []
      : ([
          "missing_api_key",
          "malformed_api_key",
          "unknown_api_key",
          "revoked_api_key",
          "expired_api_key",
          "missing_scope",
          "too_many_requests",
        ] as const)),
    ...(route.body === undefined ? [] : (["body_too_large"] as const)),
    ...(route.body?.kind === "json"
      ? (["malformed_json", "body_too_deep", "unsupported_media_type"] as const)
      : []),
    ...(route.idempotency === "none"
      ? []
      : (["idempotency_key_reused", "idempotency_key_in_flight"] as const)),
    ...(route.idempotency === "required" ? (["missing_idempotency_key"] as const) : []),
  ];
}

function toRouteConfig(route: RouteDescription): RouteConfig {
  const isKeyed = route.access !== "public" && route.access !== "signed";
  const codes = new Set<ErrorCode>([...commonErrors(route), ...route.errors]);
  return {
    operationId: route.operationId,
    method: route.method,
    path: route.path,
    tags: [route.tag],
    summary: route.summary,
    description: [route.description, isKeyed ? `Scope: \`${route.access}\`.` : undefined]
      .filter((part) => part !== undefined)
      .join("\n\n"),
    security: isKeyed ? [{ apiKey: [] }] : [],
    request: {
      ...(route.params === undefined ? {} : { params: route.params }),
      ...(route.query === undefined ? {} : { query: route.query }),
      headers: z.object(requestHeaders(route)),
      ...(route.body === undefined ? {} : { body: toRequestBody(route.body) }),
    },
    responses: {
      [route.success.status]: {
        description: route.success.description,
        content: {
          [route.success.mediaType ?? "application/json"]: { schema: route.success.schema },
        },
      },
      ...(route.success.etag === true
        ? { 304: { description: "Unchanged since the ETag sent in If-None-Match." } }
        : {}),
      ...problemResponses([...codes]),
    },
  };
}

function requestHeaders(route: RouteDescription): Record<string, z.ZodType> {
  const headers: Record<string, z.ZodType> = {
    "Usher-Version": z
      .string()
      .optional()
      .meta({ description: "Pins a dated version of the wire.", example: currentApiVersion }),
    traceparent: z
      .string()
      .optional()
      .meta({ description: "W3C trace context; kept on the order it starts." }),
  };
  if (route.idempotency !== "none") {
    const key = z.string().min(1).max(255).meta({
      description:
        "Your key for this one effect, kept 7 days. The same key and body answer as the first time.",
      example: "b1f6a0de-7a3c-4d3e-9d58-2d8f6c9a7c11",
    });
    headers["Idempotency-Key"] = route.idempotency === "required" ? key : key.optional();
  }
  if (route.errors.includes("precondition_failed")) {
    headers["If-Match"] = z
      .string()
      .optional()
      .meta({ description: "Only if the thing still has this ETag." });
  }
  if (route.success.etag === true) headers["If-None-Match"] = z.string().optional();
  return headers;
}

function toRequestBody(body: NonNullable<RouteDescription["body"]>) {
  const limit = `At most ${body.bytesMax.toLocaleString("en-US")} bytes.`;
  if (body.kind === "json") {
    return {
      required: true,
      description: limit,
      content: { "application/json": { schema: body.schema } },
    };
  }
  const schema = body.schema ?? z.string().meta({ format: "binary" });
  return {
    required: true,
    description: `${body.description} ${limit}`,
    content: Object.fromEntries(body.mediaTypes.map((type) => [type, { schema }])),
  };
}

function problemResponses(codes: readonly ErrorCode[]): RouteConfig["responses"] {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status } = errorCatalog[code];
    if (status !== null) byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus.entries()]
      .sort(([left], [right]) => left - right)
      .map(([status, ofStatus]) => [
        status,
        {
          description: ofStatus
            .map((code) => `\`${code}\`: ${errorCatalog[code].title}.`)
            .join("\n"),
          content: { "application/problem+json": { schema: problemSchema } },
        },
      ]),
  );
}
