import { pino } from "pino";
import { readConfig } from "./config.ts";
import { startSimulator } from "./start-simulator.ts";

const log = pino({ name: "simulator" });

try {
  const config = readConfig();
  const simulator = await startSimulator(config);
  // The one line a starter waits for.
  log.info({ url: simulator.url, journal: config.folder ?? null }, "ready");
  const stop = (signal: NodeJS.Signals) => {
    log.info({ signal }, "stopping");
    void simulator.stop().then(() => process.exit(0));
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
} catch (error) {
  log.fatal({ err: error }, error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
