import { writeFileSync } from "node:fs";
import { type DemoFile, demoFilePath } from "../config.ts";
import type { RunningHub } from "./start-hub.ts";

/** Leaves what other programs need to reach this hub; readable by its owner alone, for it holds a key. */
export function writeDemoFile(input: {
  readonly home: string;
  readonly hub: RunningHub;
}): DemoFile {
  const { hub } = input;
  const demo: DemoFile = {
    base_url: hub.baseUrl,
    api_key: hub.operatorKey,
    console_url: `${hub.baseUrl}/orders`,
    temporal_address: hub.temporalAddress,
    database_url: hub.databaseUrl,
    simulator: {
      salesforce: { url: hub.simulatorUrl },
      hubspot: { url: hub.simulatorUrl },
      stripe: { url: hub.simulatorUrl },
      netsuite: { url: hub.simulatorUrl },
    },
  };
  writeFileSync(demoFilePath(input.home), `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 });
  return demo;
}
