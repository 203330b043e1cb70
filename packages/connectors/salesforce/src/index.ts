export { createSalesforceConnector, salesforceManifest } from "./salesforce-connector.ts";
