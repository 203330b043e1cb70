import { connectorFailure } from "@usher/connector-sdk/http";
import type { CallContext } from "@usher/connector-sdk/spec";
import { compareProperties } from "./compare-properties.ts";
import type { HubSpotClient } from "./hubspot-client.ts";
import type { HubSpotConfig } from "./hubspot-config.ts";
import { latestOffset } from "./read-journal.ts";

/**
 * Read-only: proves that the credentials work, that every right to read is there, and that the
 * properties are in the portal with the right types. Names all that is missing, not only the first.
 */
export async function checkHubSpotPortal(input: {
  readonly config: HubSpotConfig;
  readonly client: HubSpotClient;
  readonly context: CallContext;
}): Promise<void> {
  const { config, client, context } = input;
  const compared = await compareProperties(input);
  const read = [config.kindProperty, config.dealTermMonthsProperty].filter((name) => name !== null);
  const missing = [
    ...compared.missing.map(({ name }) => name),
    ...read.filter((name) => !compared.known.has(name)),
  ];
  if (missing.length > 0) {
    throw connectorFailure({
      category: "config",
      message: `These properties of deals are not in the portal: ${missing.join(", ")}. Set the connection up once (it creates Usher's), or correct the connection's property names.`,
      vendorCode: "PROPERTY_DOESNT_EXIST",
    });
  }
  compared.throwOnOtherTypes();
  for (const object of ["deals", "line_items", "companies"]) {
    await client.search(
      {
        what: `Searching ${object.replace("_", " ")}`,
        isWrite: false,
        run: ({ search }) => search.doSearch(object, { filterGroups: [], limit: 1 }),
      },
      context,
    );
  }
  await client.call(
    {
      what: "Reading the portal's owners",
      isWrite: false,
      run: ({ owners }) => owners.getPage(undefined, undefined, 1),
    },
    context,
  );
  if (config.changes === "journal") await latestOffset({ config, client, context });
}
