import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { loadConnectors } from "./load-connectors.ts";

it("finds every connector of the folder, as plug-ins that keep the spec", async () => {
  const folder = fileURLToPath(new URL("../../../packages/connectors", import.meta.url));
  const connectors = await loadConnectors({ folder });
  expect([...connectors.keys()]).toEqual(expect.arrayContaining(["salesforce", "stripe"]));
  for (const [id, definition] of connectors) {
    expect(definition.manifest.id).toBe(id);
    expect(definition.connect).toBeTypeOf("function");
  }
});
