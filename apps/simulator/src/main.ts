import { pino } from "pino";
import { readConfig } from "./config.ts";
import { startSimulator } from "./start-simulator.ts";

const log = pino({ name: "simulator" });

try {
  const config = readConfig();
  const simulator = await startSimulator(config);
  const stop = (signal: NodeJS.Signals) => {
    log.info({ signal }, "stopping");
    void simulator.stop().then(() => process.exit(0));
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  // Only now, since whoever waits for this line may end us the next moment.
  log.info({ url: simulator.url, journal: config.folder ?? null }, "ready");
} catch (error) {
  log.fatal({ err: error }, error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
