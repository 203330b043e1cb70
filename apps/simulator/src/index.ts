export {
  createSimulator,
  DEFAULT_CREDENTIALS,
  type Simulator,
  type SimulatorOptions,
} from "./create-simulator.ts";
export type { SimulatorParts } from "./simulator-parts.ts";
export { type RunningSimulator, type StartOptions, startSimulator } from "./start-simulator.ts";
