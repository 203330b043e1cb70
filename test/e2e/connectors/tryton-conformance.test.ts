import { describeConnectorConformance } from "@usher/connector-sdk/testing";
import { describe, it } from "vitest";
import { conformance } from "./tryton-conformance.ts";
import { whyNoTryton } from "./tryton-world.ts";

if (whyNoTryton === null) {
  describeConnectorConformance(conformance);
} else {
  describe("conformance of tryton", () => {
    it.skip(`left out: ${whyNoTryton}`, () => undefined);
  });
}
