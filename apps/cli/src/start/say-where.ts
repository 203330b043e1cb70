import colors from "picocolors";
import { demoFilePath } from "../config.ts";
import type { RunningHub } from "./start-hub.ts";

/** Every address a person may want to open, one a line. */
export function sayWhere(input: {
  readonly hub: RunningHub;
  readonly signInLink: string;
  readonly home: string;
  readonly say: (line: string) => void;
}): void {
  const { hub, say } = input;
  const line = (what: string, where: string) => say(lineOf(what, where));
  line("API", hub.baseUrl);
  line("API docs", `${hub.baseUrl}/docs`);
  line("Demo key", hub.operatorKey);
  line("Orders", `${hub.baseUrl}/orders`);
  line("Sign in as Dana", input.signInLink);
  line("Simulated vendors", hub.simulatorUrl);
  if (hub.temporalUiUrl !== undefined) line("Temporal", hub.temporalUiUrl);
  line("All of it as a file", demoFilePath(input.home));
  say("");
}

/** Two commands to paste, about the deal that was just played. */
export function sayWhatToTry(input: {
  /** The customer's id in the CRM. */
  readonly customer: string;
  /** The order's number. */
  readonly number: string;
  readonly say: (line: string) => void;
}): void {
  input.say("");
  input.say(lineOf("Ask it yourself", `npm run -s usher -- check ${input.customer} sso`));
  input.say(lineOf("See the order", `npm run -s usher -- order show ${input.number}`));
}

function lineOf(what: string, where: string): string {
  return `  ${what.padEnd(20)} ${colors.cyan(where)}`;
}
