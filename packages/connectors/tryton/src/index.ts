export { createTrytonConnector } from "./tryton-connector.ts";
