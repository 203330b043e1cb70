export {
  type ApiDependencies,
  type ApiLimits,
  defaultLimits,
  type TemporalDoor,
} from "./api-dependencies.ts";
export { type Api, createApi } from "./create-api.ts";
export { createLogger, type Logger } from "./observability/create-logger.ts";
export { type ServedApi, type ServeOptions, serveApi } from "./serve-api.ts";
