import { z } from "zod";
import { CliFailure } from "./cli-failure.ts";

const dealSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  account: z.looseObject({ id: z.string(), name: z.string() }).nullable(),
  stage: z.string(),
  usher: z.record(z.string(), z.unknown()),
});
export type SimulatedDeal = z.infer<typeof dealSchema>;

const loadedSchema = z.object({
  accounts: z.number(),
  products: z.number(),
  opportunities: z.number(),
  won: z.number(),
  lines: z.number(),
  unchanged: z.number(),
});
export type LoadedPipeline = z.infer<typeof loadedSchema>;

/** The simulated CRMs: control routes and answers are alike. */
export const simulatedCrms = ["salesforce", "hubspot"] as const;
export type SimulatedCrm = (typeof simulatedCrms)[number];

/** What people would do in the vendors' own screens, done through the simulator's control API. */
export interface SimulatorControl {
  winDeal(deal: unknown): Promise<SimulatedDeal>;
  showDeal(id: string): Promise<SimulatedDeal>;
  loadPipeline(pipeline: unknown): Promise<LoadedPipeline>;
  /** From now on to these addresses and no others. */
  sendWebhooksTo(
    endpoints: readonly {
      readonly vendor: string;
      readonly url: string;
      readonly secret: string;
    }[],
  ): Promise<void>;
  /** As NetSuite's administrator does for an integration that logs in by certificate. Its id there. */
  mapCertificate(input: { readonly clientId: string; readonly publicKey: string }): Promise<string>;
}

export function createSimulatorControl(
  baseUrl: string,
  crm: SimulatedCrm = "salesforce",
): SimulatorControl {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
    });
    if (response.ok) return await response.json();
    throw new CliFailure(
      `The simulator refused ${method} ${path} with ${response.status}: ${await response.text()}`,
    );
  };
  return {
    winDeal: async (deal) => dealSchema.parse(await call("POST", `/control/${crm}/deals`, deal)),
    showDeal: async (id) =>
      dealSchema.parse(await call("GET", `/control/${crm}/deals/${encodeURIComponent(id)}`)),
    loadPipeline: async (pipeline) =>
      loadedSchema.parse(await call("POST", `/control/${crm}/bulk`, pipeline)),
    sendWebhooksTo: async (endpoints) => {
      // Addresses of an earlier start may have another port: they would be tried again and again.
      const known = z
        .object({ data: z.array(z.looseObject({ id: z.string() })) })
        .parse(await call("GET", "/control/webhooks"));
      for (const { id } of known.data)
        await call("DELETE", `/control/webhooks/${encodeURIComponent(id)}`);
      for (const endpoint of endpoints) await call("POST", "/control/webhooks", endpoint);
    },
    mapCertificate: async ({ clientId, publicKey }) => {
      const body = { client_id: clientId, public_key: publicKey };
      const made = await call("POST", "/control/netsuite/certificates", body);
      return z.object({ certificate_id: z.string() }).parse(made).certificate_id;
    },
  };
}
