import { describeConnectorConformance } from "../index.ts";
import { conformance } from "./testing/acme-conformance.ts";

describeConnectorConformance(conformance);
