import { describeConnectorConformance } from "@usher/connector-sdk/testing";
import { conformance } from "./netsuite-conformance.ts";

describeConnectorConformance(conformance);
