import { createOpenApiDocument } from "@usher/api-contract";
import { etagOf } from "../../../http/etag.ts";
import { plainRoute } from "../../../http/route-handler.ts";

export function getOpenApiRoute() {
  // The same for the life of the process.
  const text = JSON.stringify(createOpenApiDocument());
  const etag = etagOf(text);
  return plainRoute("getOpenApi", () => ({ body: text as never, headers: { ETag: etag } }));
}
