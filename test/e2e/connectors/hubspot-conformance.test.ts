import { describeConnectorConformance } from "@usher/connector-sdk/testing";
import { conformance, journalConformance } from "./hubspot-conformance.ts";

describeConnectorConformance(conformance);
describeConnectorConformance(journalConformance);
