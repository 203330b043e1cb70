export { claimRun } from "./claim-run.ts";
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
export { trytonNames } from "./tryton/furnish-tryton-company.ts";
export { prepareTryton, type RunningTryton, type Tryton } from "./tryton/start-tryton.ts";
export type { TrytonRpc } from "./tryton/tryton-rpc.ts";
export { waitUntil } from "./wait-until.ts";
