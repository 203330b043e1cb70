import { describeWrongAnswers } from "@usher/connector-sdk/testing";
import { conformance } from "./stripe-conformance.ts";

describeWrongAnswers({ subject: conformance });
