export { acmeManifest, createAcmeConnector } from "./acme-connector.ts";
