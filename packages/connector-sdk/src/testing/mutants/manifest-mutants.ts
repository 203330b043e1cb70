import { connectorFailure } from "../../http/index.ts";
import type { ConnectorDefinition, ConnectorManifest } from "../../spec/index.ts";
import type { Mutant } from "./mutant.ts";
import { failingOtherwise, tamperPort, tamperWire } from "./tamper.ts";

const redirectsMax = 3;

const withManifest =
  (change: (manifest: ConnectorManifest) => Partial<ConnectorManifest>) =>
  (connector: ConnectorDefinition): ConnectorDefinition => ({
    ...connector,
    manifest: { ...connector.manifest, ...change(connector.manifest) },
  });

export const manifestMutants: readonly Mutant[] = [
  {
    check: 1,
    fault: "a version that is none",
    connector: withManifest(() => ({ version: "1.0" })),
  },
  {
    check: 2,
    fault: "a wrong configuration is refused without a word about the field",
    connector: (connector) => ({
      ...connector,
      connect(input, dependencies) {
        try {
          return connector.connect(input, dependencies);
        } catch {
          throw connectorFailure({ category: "config", message: "The configuration is wrong." });
        }
      },
    }),
  },
  {
    check: 3,
    fault: "an event type that was released is gone",
    connector: withManifest(({ webhookEvents }) => ({ webhookEvents: webhookEvents.slice(1) })),
  },
  {
    check: 4,
    fault: "headers are logged, the token among them",
    system(system) {
      const { crm } = system;
      if (crm === null) return system;
      return {
        ...system,
        crm: {
          ...crm,
          readDeals: (input, context) => {
            context.log({ message: "calling", authorization: "Bearer acme-token-1" });
            return crm.readDeals(input, context);
          },
        },
      };
    },
  },
  {
    check: 5,
    fault: "redirects are followed wherever they lead, with the credentials",
    dependencies: tamperWire(() => async ({ init }, send) => {
      let response = await send();
      for (let hop = 0; hop < redirectsMax; hop += 1) {
        const location = response.headers.get("location");
        if (response.status < 300 || response.status >= 400 || location === null) break;
        response = await send({ url: new URL(location), init });
      }
      return response;
    }),
  },
  {
    check: 6,
    fault: "check() calls a missing right bad credentials",
    system: tamperPort("crm", (crm) => ({
      check: (context) =>
        failingOtherwise(crm.check(context), (detail) => ({
          ...detail,
          category: detail.category === "permission" ? "auth_invalid" : detail.category,
        })),
    })),
  },
  {
    check: 7,
    fault: "a README that does not say which scopes are needed",
    readme: (readme) => readme.replace("## Scopes", "## What to ask for"),
  },
];
