import { describeConnectorConformance } from "@usher/connector-sdk/testing";
import { conformance, conformanceOf } from "./netsuite-conformance.ts";

describeConnectorConformance(conformance);
describeConnectorConformance(conformanceOf("async"));
