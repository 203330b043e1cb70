import { renameSync } from "node:fs";
import { pino } from "pino";
import { readConfig } from "./config.ts";
import { startSimulator } from "./start-simulator.ts";
import { UnreadableJournal } from "./store/journal.ts";

const log = pino({ name: "simulator" });

try {
  const config = readConfig();
  const simulator = await startOrBeginAnew(config);
  const stop = (signal: NodeJS.Signals) => {
    log.info({ signal }, "stopping");
    void simulator.stop().then(() => process.exit(0));
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  // Only now, since whoever waits for this line may end us the next moment.
  log.info(
    {
      url: simulator.url,
      pubSubUrl: simulator.salesforce.pubSub?.url ?? null,
      journal: config.folder ?? null,
    },
    "ready",
  );
} catch (error) {
  log.fatal(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

/** A journal that cannot be read is moved aside: a simulator that does not start is of no use to anyone. */
async function startOrBeginAnew(config: ReturnType<typeof readConfig>) {
  try {
    return await startSimulator(config);
  } catch (error) {
    if (!(error instanceof UnreadableJournal)) throw error;
    const aside = `${error.path}.unreadable-${Date.now()}`;
    renameSync(error.path, aside);
    log.warn({ aside }, `${error.message} It was moved aside; the simulator starts empty.`);
    return startSimulator(config);
  }
}
