export { createNetsuiteConnector } from "./netsuite-connector.ts";
