export { failpointsFrom } from "./failpoint-from-environment.ts";
export { type RunningWorker, startWorker, type WorkerDependencies } from "./start-worker.ts";
export { createWorkerLog } from "./worker-log.ts";
