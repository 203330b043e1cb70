import { describeWrongAnswers } from "@usher/connector-sdk/testing";
import { conformance } from "./hubspot-conformance.ts";

describeWrongAnswers({ subject: conformance });
