import { describeWrongAnswers } from "@usher/connector-sdk/testing";
import { conformance } from "./salesforce-conformance.ts";

describeWrongAnswers({ subject: conformance });
