import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { routes } from "../routes.ts";
import { createOpenApiDocument } from "./openapi-document.ts";

const document = JSON.parse(JSON.stringify(createOpenApiDocument()));
const committed = readFileSync(new URL("../../openapi.json", import.meta.url), "utf8");

describe("the OpenAPI document", () => {
  it("is the one committed: run `pnpm --filter @usher/api-contract generate` after a change", () => {
    expect(`${JSON.stringify(document, null, 2)}\n`).toBe(committed);
  });

  it("names every operation once, under its own id", () => {
    const ids = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods as Record<string, { operationId: string }>).map(
        (one) => one.operationId,
      ),
    );
    expect(ids.toSorted()).toEqual(Object.keys(routes).toSorted());
    for (const [id, route] of Object.entries(routes)) expect(route.operationId).toBe(id);
  });

  it("explains every operation: summary, success and problem answers", () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const operation of Object.values(methods as Record<string, Record<string, object>>)) {
        expect(operation["summary"], path).toBeTruthy();
        expect(
          Object.keys(operation["responses"] ?? {}).some((status) => status.startsWith("2")),
          path,
        ).toBe(true);
      }
    }
  });

  it("asks for a key everywhere but on the routes that prove themselves otherwise", () => {
    const open = Object.values(routes)
      .filter((route) => route.access === "public" || route.access === "signed")
      .map((route) => route.operationId);
    expect(open.toSorted()).toEqual([
      "getHealth",
      "getJwks",
      "getMetrics",
      "getOpenApi",
      "getReadiness",
      "getStatusList",
      "receiveInbound",
    ]);
  });

  it("shows examples that its own schemas accept", () => {
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    ajv.addSchema({ $id: "usher", components: document.components });
    let checked = 0;
    for (const [name, schema] of Object.entries(
      document.components.schemas as Record<string, { example?: unknown }>,
    )) {
      if (schema.example === undefined) continue;
      const validate = ajv.getSchema(`usher#/components/schemas/${name}`);
      expect(validate?.(schema.example), `${name}: ${JSON.stringify(validate?.errors)}`).toBe(true);
      checked += 1;
    }
    expect(checked).toBeGreaterThan(10);
  });

  it("says null where null is answered, never inside a named schema", () => {
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    ajv.addSchema({ $id: "usher", components: document.components });
    for (const name of Object.keys(document.components.schemas)) {
      const validate = ajv.getSchema(`usher#/components/schemas/${name}`);
      expect(validate?.(null), `${name} accepts null`).toBe(false);
    }
    // `allOf` of a named schema and null admits nothing: how a forgotten `orNull` shows.
    expect(JSON.stringify(document)).not.toMatch(
      /"allOf":\[\{"\$ref":"[^"]+"\},\{"type":\[[^\]]*"null"/,
    );
  });

  it("refuses unknown fields in every request body", () => {
    const strict = Object.values(routes).filter(
      (route) => "body" in route && route.body.kind === "json",
    );
    expect(strict.length).toBeGreaterThan(10);
    for (const route of strict) {
      if (!("body" in route) || route.body.kind !== "json") continue;
      const answer = route.body.schema.safeParse({ surely_unknown_field: 1 });
      expect(JSON.stringify(answer.error?.issues), route.operationId).toContain(
        "surely_unknown_field",
      );
    }
  });
});
