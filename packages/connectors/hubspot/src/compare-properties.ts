import { connectorFailure, parseShape } from "@usher/connector-sdk/http";
import type { CallContext } from "@usher/connector-sdk/spec";
import { z } from "zod";
import type { HubSpotClient } from "./hubspot-client.ts";
import type { HubSpotConfig } from "./hubspot-config.ts";
import { type WantedProperty, wantedProperties } from "./hubspot-properties.ts";

export interface PropertyComparison {
  readonly missing: readonly WantedProperty[];
  /** Names of all properties of deals. */
  readonly known: ReadonlySet<string>;
  /** Throws `config` when a property is there with another type, or cannot be written. */
  throwOnOtherTypes(): void;
}

const propertyList = z.looseObject({
  results: z.array(
    z.looseObject({
      name: z.string(),
      type: z.string(),
      modificationMetadata: z.looseObject({ readOnlyValue: z.boolean().optional() }).nullish(),
    }),
  ),
});

/** The properties of deals in the portal, beside those the hub writes. Read-only. */
export async function compareProperties(input: {
  readonly config: HubSpotConfig;
  readonly client: HubSpotClient;
  readonly context: CallContext;
}): Promise<PropertyComparison> {
  const { config, client, context } = input;
  const what = "Reading the properties of deals";
  const value = await client.call(
    { what, isWrite: false, run: ({ properties }) => properties.getAll("deals") },
    context,
  );
  const { results } = parseShape({ schema: propertyList, value, what });
  const known = new Map(results.map((property) => [property.name, property]));
  const wanted = wantedProperties(config.propertyPrefix, { renewals: config.renewals !== null });
  const others = wanted.flatMap(({ name, type }) => {
    const held = known.get(name);
    if (held === undefined) return [];
    if (held.type !== type) return [`${name} is of type ${held.type}, expected ${type}`];
    return held.modificationMetadata?.readOnlyValue === true ? [`${name} is read-only`] : [];
  });
  return {
    missing: wanted.filter(({ name }) => !known.has(name)),
    known: new Set(known.keys()),
    throwOnOtherTypes() {
      if (others.length === 0) return;
      throw connectorFailure({
        category: "config",
        message: `These properties of deals are not what the hub needs: ${others.join("; ")}. Archive them in HubSpot and set up again, or give the connection another propertyPrefix.`,
        vendorCode: "PROPERTY_MISMATCH",
      });
    },
  };
}
