import { describeWrongAnswers } from "@usher/connector-sdk/testing";
import { it } from "vitest";
import { conformance } from "./tryton-conformance.ts";
import { whyNoTryton } from "./tryton-world.ts";

if (whyNoTryton === null) describeWrongAnswers({ subject: conformance });
else it.skip(`left out: ${whyNoTryton}`, () => undefined);
