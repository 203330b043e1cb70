import { describeWrongAnswers } from "@usher/connector-sdk/testing";
import { conformance } from "./netsuite-conformance.ts";

// NetSuite leaves out fields that are empty; a line without Usher's mark is one that a person added.
describeWrongAnswers({ subject: conformance, believed: [/custcol_usher_line missing/] });
