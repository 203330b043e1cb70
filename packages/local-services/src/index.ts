export { findFreePort, loopback } from "./free-port.ts";
export { commandLineOf, isAlive } from "./process-identity.ts";
export { findProjectFolder, temporalBinaryIn } from "./project-folder.ts";
export {
  type RunningPostgres,
  removePostgresData,
  type StartPostgresInput,
  startPostgres,
} from "./start-postgres.ts";
export { type RunningTemporal, type StartTemporalInput, startTemporal } from "./start-temporal.ts";
export {
  type SupervisedProcess,
  type SupervisedProcessInput,
  startSupervisedProcess,
} from "./supervised-process.ts";
export type { TemporalStorage } from "./temporal-flags.ts";
export { waitUntil } from "./wait-until.ts";
