import {
  createUsherClient,
  type Problem,
  type UsherClient,
  UsherProblem,
} from "@usher/api-contract";
import { CliFailure } from "./cli-failure.ts";
import type { CliConfig } from "./config.ts";

/** The hub this command talks to, or a failure that says how to name one. */
export function openHub(config: CliConfig): UsherClient {
  if (config.hub === undefined) {
    throw new CliFailure(
      `No hub is known: USHER_URL and USHER_API_KEY are not set, and ${config.demoFault ?? "no demo was started here"}.`,
      {
        hint: "Run `npm start`, or set both variables.",
      },
    );
  }
  return createUsherClient(config.hub);
}

/** The answer's data, or its problem as a failure with every fix it names. */
export function expectOk<Data>(
  answer:
    | { readonly ok: true; readonly data: Data }
    | { readonly ok: false; readonly problem: Problem },
): Data {
  if (answer.ok) return answer.data;
  throw failureOfProblem(answer.problem);
}

function failureOfProblem(problem: Problem): CliFailure {
  return new CliFailure(sentencesOf(problem), {
    hint: `Error ${problem.code}, explained in docs/errors/${problem.code}.md. Trace ${problem.trace_id}.`,
  });
}

/** Everything the problem says, each thing once. */
function sentencesOf({ code, title, detail, errors }: Problem): string {
  // The title says no more than this detail: what is not there.
  if (code === "not_found") return detail;
  const faults = errors.map(
    (fault) => `\n  ${fault.pointer}: ${fault.detail.replace(/\.?$/, ".")} ${fault.fix}`,
  );
  // Where the faults are listed, the detail counts them or repeats the only one.
  const isListed =
    errors.length > 0 && (code === "invalid_request" || detail === errors[0]?.detail);
  return `${title}${isListed ? ":" : `. ${detail}`}${faults.join("")}`;
}

/** What to print for an error nobody may meet as a stack trace. */
export function toCliFailure(error: unknown, config: CliConfig | undefined): CliFailure {
  if (error instanceof CliFailure) return error;
  if (error instanceof UsherProblem) return failureOfProblem(error.problem);
  if (error instanceof TypeError && error.message === "fetch failed") {
    return new CliFailure(`The hub at ${config?.hub?.baseUrl ?? "?"} does not answer.`, {
      hint: "Is it running? `npm start` starts one here; `usher doctor` looks closer.",
      cause: error,
    });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new CliFailure(message, { cause: error });
}

/** `acme` is a CRM's id unless it is one of ours: `cus_…`. */
export function customerRef(text: string): string {
  return text.startsWith("cus_") || text.startsWith("ext:") ? text : `ext:${text}`;
}
