export { createAcmeConnector } from "./acme-connector.ts";
