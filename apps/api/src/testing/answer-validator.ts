import { createOpenApiDocument } from "@usher/api-contract";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { everyRoute } from "./every-route.ts";

/** One answer, as it came over the wire. */
interface AnswerOnTheWire {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/**
 * Holds every answer of a test against the published document: throws when its status, its media
 * type or its body is not what the route's entry promises. Pages and unknown paths are none of it.
 */
export function createAnswerValidator(): (answer: AnswerOnTheWire) => void {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  ajv.addSchema({ $id: documentId, ...JSON.parse(JSON.stringify(createOpenApiDocument())) });
  const validators = new Map<string, ValidateFunction | undefined>();

  return ({ method, path, status, contentType, text }) => {
    const route = everyRoute.find(
      (one) => one.method === method.toLowerCase() && patternOf(one.path).test(path),
    );
    if (route === undefined || status === 304) return;
    const where = `${route.method.toUpperCase()} ${route.path} answered ${status} ${contentType}`;
    const mediaType = contentType.split(";")[0] ?? "";
    const at = [
      "paths",
      route.path,
      route.method,
      "responses",
      String(status),
      "content",
      mediaType,
    ];
    const pointer = `${documentId}#/${[...at, "schema"].map(toPointerSegment).join("/")}`;
    if (!validators.has(pointer)) validators.set(pointer, ajv.getSchema(pointer));
    const validate = validators.get(pointer);
    if (validate === undefined)
      throw new Error(`${where}, which /openapi.json does not name: ${text}`);
    if (!mediaType.endsWith("json") || validate(JSON.parse(text))) return;
    throw new Error(
      `${where}, not as /openapi.json says: ${ajv.errorsText(validate.errors)}\n${text}`,
    );
  };
}

const documentId = "usher";

/** A segment of a JSON Pointer, as a fragment of a URI (RFC 6901 §6). */
function toPointerSegment(segment: string): string {
  return encodeURIComponent(segment.replaceAll("~", "~0").replaceAll("/", "~1"));
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`);
}
