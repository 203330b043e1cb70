import type {
  ConnectedSystem,
  ConnectorDefinition,
  ConnectorDependencies,
} from "../../spec/index.ts";
import type { ConformanceHarness, ConformanceSubject } from "../conformance.ts";

/** The reference connector with one fault in it, as somebody's connector really had it. */
export interface Mutant {
  /** The number of the check that has to catch it, and the only one that does. */
  readonly check: number;
  /** What the fault is. */
  readonly fault: string;
  /** Each is called once a connection. */
  readonly dependencies?: (given: ConnectorDependencies) => ConnectorDependencies;
  readonly system?: (
    system: ConnectedSystem,
    dependencies: ConnectorDependencies,
  ) => ConnectedSystem;
  /** Between two connections: what a module's variable would hold. */
  readonly connect?: (connect: ConformanceHarness["connect"]) => ConformanceHarness["connect"];
  readonly connector?: (connector: ConnectorDefinition) => ConnectorDefinition;
  readonly readme?: (readme: string) => string;
  /** How much longer each call takes, on a stopwatch that is not the real one. */
  readonly slowMs?: number;
}

/** The harness of a connector, with the mutant in the connector's place. */
function mutateHarness(harness: ConformanceHarness, mutant: Mutant): ConformanceHarness {
  const { definition } = harness;
  const connect: ConformanceHarness["connect"] = (input) => {
    const dependencies = mutant.dependencies?.(input) ?? input;
    const system = harness.connect({ ...input, ...dependencies });
    return mutant.system?.(system, dependencies) ?? system;
  };
  return {
    ...harness,
    connect: mutant.connect?.(connect) ?? connect,
    ...(definition === undefined
      ? {}
      : {
          definition: {
            ...definition,
            connector: mutant.connector?.(definition.connector) ?? definition.connector,
          },
        }),
  };
}

export function mutateSubject(subject: ConformanceSubject, mutant: Mutant): ConformanceSubject {
  return { ...subject, start: async () => mutateHarness(await subject.start(), mutant) };
}
