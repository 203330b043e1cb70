import type { ConnectorDefinition } from "@usher/connector-sdk/spec";
import type { ApiDependencies } from "../api-dependencies.ts";

type Known = Pick<ApiDependencies, "connectors" | "brokenConnectors">;

/** The connector of a vendor, or the sentence why this hub has none. */
export function connectorOf(
  { connectors, brokenConnectors = [] }: Known,
  vendor: string,
): { readonly definition: ConnectorDefinition } | { readonly problem: string } {
  const definition = connectors.get(vendor);
  if (definition !== undefined) return { definition };
  const broken = brokenConnectors.find((one) => one.id === vendor);
  if (broken !== undefined) return { problem: broken.problem };
  const known = [...connectors.keys()].toSorted().join(", ") || "none";
  return { problem: `This hub has no connector “${vendor}”. It has: ${known}.` };
}

/** Null when the connector of this vendor is there. */
export function connectorProblem(known: Known, vendor: string): string | null {
  const found = connectorOf(known, vendor);
  return "problem" in found ? found.problem : null;
}
