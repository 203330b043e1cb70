import { writeFile } from "node:fs/promises";
import { createOpenApiDocument } from "./openapi-document.ts";

// Run by `pnpm --filter @usher/api-contract generate`; openapi-document.test.ts fails when it was forgotten.
await writeFile(
  new URL("../../openapi.json", import.meta.url),
  `${JSON.stringify(createOpenApiDocument(), null, 2)}\n`,
);
