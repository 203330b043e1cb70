export { createSimulator, type Simulator } from "./create-simulator.ts";
export { DEFAULT_CREDENTIALS, type SimulatorOptions } from "./simulator-options.ts";
export type { SimulatorParts } from "./simulator-parts.ts";
export { type RunningSimulator, type StartOptions, startSimulator } from "./start-simulator.ts";
