import type { ConnectorName } from "../connector-name.ts";
import type { SceneTrace } from "./scene.ts";

/**
 * A vitest case that holds the connector to what it read in this scene. Null where the scene read no
 * deal: bills and sales orders are held by the conformance kit.
 */
export function testOfScene(input: {
  readonly name: ConnectorName;
  readonly trace: SceneTrace;
}): string | null {
  const { name, trace } = input;
  const deal = (trace.read as { readonly deal?: Record<string, unknown> | null } | null)?.deal;
  if (deal === undefined || deal === null || trace.input.deal === null) return null;
  const { id: _, version: __, account, lines, ...expected } = deal;
  const stable = {
    ...expected,
    account: withoutId(account),
    lines: Array.isArray(lines) ? lines.map(withoutId) : lines,
  };
  return `import { aCallContext } from "@usher/connector-sdk/conformance";
import { expect, it } from "vitest";
import { conformance } from "./testing/${name.kebab}-conformance.ts";

it(${JSON.stringify(`reads "${trace.input.deal.name}" as it was entered`)}, async () => {
  const harness = await conformance.start();
  try {
    const { crm } = harness.connect({ url: harness.peerUrl, fetch, now: Date.now });
    const dealId = await harness.crm?.seedDeal?.(${literal(trace.input.deal)});
    const deals = await crm?.readDeals({ dealIds: [dealId ?? ""] }, aCallContext());
    expect(deals).toMatchObject([${literal(stable)}]);
  } finally {
    await harness.stop();
  }
});
`;
}

/** Ids are the peer's, and others on each run. */
function withoutId(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { id: _, ...rest } = value as Record<string, unknown>;
  return rest;
}

function literal(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/"([A-Za-z_]\w*)":/g, "$1:");
}
