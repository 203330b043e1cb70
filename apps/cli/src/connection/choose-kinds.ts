import type { WireConnector } from "@usher/api-contract";
import { CliFailure } from "../cli-failure.ts";

/**
 * What a connection is used as. Where nothing is asked for it is the first of what its connector can
 * be: Salesforce is a CRM, and keeps orders as an ERP does only where somebody says so.
 */
export function chooseKinds({
  asked,
  connector,
}: {
  readonly asked: readonly string[];
  readonly connector: Pick<WireConnector, "name" | "kinds">;
}): WireConnector["kinds"][number][] {
  if (asked.length === 0) return connector.kinds.slice(0, 1);
  const wrong = asked.find((kind) => !connector.kinds.some((one) => one === kind));
  if (wrong !== undefined) {
    throw new CliFailure(`${connector.name} cannot be used as “${wrong}”.`, {
      hint: `It can be: ${connector.kinds.join(", ")}.`,
    });
  }
  return connector.kinds.filter((kind) => asked.includes(kind));
}
