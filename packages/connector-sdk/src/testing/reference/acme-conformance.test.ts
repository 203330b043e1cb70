import { describeConnectorConformance } from "../describe-connector-conformance.ts";
import { conformance } from "./testing/acme-conformance.ts";

describeConnectorConformance(conformance);
