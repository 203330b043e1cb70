import type { ConnectorDefinition } from "@usher/connector-sdk/spec";
import { expect, it } from "vitest";
import { loadConnectors } from "./load-connectors.ts";

it("a connector that cannot be loaded is named with its package and its reason, and all others are loaded", async () => {
  const good = {} as ConnectorDefinition;
  const loaded = await loadConnectors([
    { vendor: "broken", load: () => Promise.reject(new Error("no licence\nat a line")) },
    { vendor: "good", load: () => Promise.resolve(good) },
  ]);
  expect(loaded.connectors).toEqual([good]);
  const [broken] = loaded.brokenConnectors;
  expect(broken?.vendor).toBe("broken");
  expect(broken?.problem).toContain("@usher/connector-broken could not be loaded: no licence. ");
});
