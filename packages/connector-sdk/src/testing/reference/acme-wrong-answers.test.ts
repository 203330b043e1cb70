import { describeWrongAnswers } from "../wrong-answers/describe-wrong-answers.ts";
import { conformance } from "./testing/acme-conformance.ts";

describeWrongAnswers({ subject: conformance });
