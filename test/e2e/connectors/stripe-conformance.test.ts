import { describeConnectorConformance } from "@usher/connector-sdk/testing";
import { conformance } from "./stripe-conformance.ts";

describeConnectorConformance(conformance);
