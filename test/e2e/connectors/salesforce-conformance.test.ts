import { describeConnectorConformance } from "@usher/connector-sdk/testing";
import { conformance } from "./salesforce-conformance.ts";

describeConnectorConformance(conformance);
