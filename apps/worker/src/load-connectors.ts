import type { ConnectorDefinition } from "@usher/connector-sdk/spec";

/** A vendor, and how its connector is got at. */
interface ConnectorToLoad {
  readonly vendor: string;
  readonly load: () => Promise<ConnectorDefinition>;
}

/** A connector that could not be loaded; all others work. */
export interface BrokenConnector {
  readonly vendor: string;
  /** One sentence for an operator: which package, and why. */
  readonly problem: string;
}

/** Loads each by itself: one that is broken is named with its reason and keeps no other from its work. */
export async function loadConnectors(toLoad: readonly ConnectorToLoad[]): Promise<{
  readonly connectors: readonly ConnectorDefinition[];
  readonly brokenConnectors: readonly BrokenConnector[];
}> {
  const connectors: ConnectorDefinition[] = [];
  const brokenConnectors: BrokenConnector[] = [];
  for (const { vendor, load } of toLoad) {
    try {
      connectors.push(await load());
    } catch (error) {
      const [because] = (error instanceof Error ? error.message : String(error)).split("\n");
      const problem = `The connector package @usher/connector-${vendor} could not be loaded: ${because}. Its connections stand still; all others work.`;
      brokenConnectors.push({ vendor, problem });
    }
  }
  return { connectors, brokenConnectors };
}
