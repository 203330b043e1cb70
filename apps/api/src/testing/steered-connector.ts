import {
  type ConnectorDefinition,
  ConnectorError,
  type ConnectorErrorCategory,
  type TokenStore,
} from "@usher/connector-sdk/spec";
import { z } from "zod";
import { signedConnector } from "./signed-connector.ts";

/** What the pretended vendor says to a check, by the API key it is asked with; otherwise it works. */
export interface SteeredVendor {
  readonly definition: ConnectorDefinition;
  answers: Map<string, ConnectorErrorCategory | "crash">;
  /** Runs in each check, with the token store it was given. */
  onCheck: (input: { readonly apiKey: string; readonly tokens: TokenStore }) => Promise<void>;
}

const config = z.strictObject({
  apiKey: z.string().min(8),
  region: z.enum(["eu", "us"]),
  pageSize: z.int().min(1).max(100).default(10),
});

/** A vendor whose read-only check answers as the test says. */
export function aSteeredVendor(): SteeredVendor {
  const vendor: SteeredVendor = {
    answers: new Map(),
    onCheck: async () => undefined,
    definition: {
      manifest: {
        ...signedConnector.manifest,
        id: "steered",
        name: "Steered",
        secretFields: ["apiKey"],
        configSchema: config,
      },
      connect(input, { fetch, now, tokens }) {
        const { apiKey } = config.parse(input.config);
        const check = async () => {
          if (tokens === undefined) throw new Error("There is no token store.");
          await vendor.onCheck({ apiKey, tokens });
          const answer = vendor.answers.get(apiKey);
          if (answer === "crash") throw new TypeError(`cannot read ${apiKey}`);
          if (answer === undefined) return;
          throw new ConnectorError({
            category: answer,
            message: `Steered says ${answer}.`,
            vendorCode: null,
            vendorRequestId: null,
            retryAfterMs: null,
            where: null,
          });
        };
        return {
          ...signedConnector.connect(input, { fetch, now }),
          crm: { check } as never,
        };
      },
    },
  };
  return vendor;
}
