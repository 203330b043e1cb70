export { createHubSpotConnector, hubspotManifest } from "./hubspot-connector.ts";
