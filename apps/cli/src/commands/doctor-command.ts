import { existsSync } from "node:fs";
import { readinessSchema } from "@usher/api-contract";
import { temporalBinaryIn } from "@usher/local-services";
import type { Command } from "commander";
import colors from "picocolors";
import { type CliConfig, demoFilePath, describeEnvironment, projectRoot } from "../config.ts";
import { connectionFindings } from "../doctor/connection-findings.ts";
import type { Finding } from "../doctor/finding.ts";
import type { RunCommand } from "./command-context.ts";

/** `usher doctor`: looks at everything that has to be right, and says what to do about what is not. */
export function addDoctorCommand(program: Command, run: RunCommand): void {
  program
    .command("doctor")
    .description("is anything wrong here, and what to do about it")
    .option("--json", "print one JSON document")
    .action((options: { readonly json?: boolean }) =>
      run(options, async ({ config, output }) => {
        const findings = [
          nodeFinding(),
          temporalFinding(config),
          demoFinding(config),
          ...(await hubFindings(config)),
        ];
        const environment = describeEnvironment();
        output.answer(
          {
            findings,
            environment: environment.map(({ name, isSet, about }) => ({
              name,
              is_set: isSet,
              about,
            })),
          },
          () =>
            [
              ...findings.map(renderFinding),
              colors.dim(
                "\nVariables that usher reads here; those of a hub: docs/reference/environment.md",
              ),
              ...environment.map(
                ({ name, isSet, about }) =>
                  `  ${(isSet ? colors.bold : colors.dim)(name.padEnd(18))} ${isSet ? "set" : colors.dim("–  ")}  ${colors.dim(about)}`,
              ),
            ].join("\n"),
        );
        if (findings.some((finding) => !finding.isWell)) process.exitCode = 1;
      }),
    );
}

function nodeFinding(): Finding {
  const major = Number(process.versions.node.split(".")[0]);
  return {
    subject: "Node",
    isWell: major >= 24,
    found: `${process.versions.node} at ${process.execPath}`,
    fix: major >= 24 ? null : "Run usher through `npm run -s usher -- …`, which brings Node 24.",
  };
}

function temporalFinding(config: CliConfig): Finding {
  if (config.temporalAddress !== undefined) {
    return {
      subject: "Temporal",
      isWell: true,
      found: `given by TEMPORAL_ADDRESS: ${config.temporalAddress}`,
      fix: null,
    };
  }
  const binary = temporalBinaryIn(projectRoot);
  const isThere = existsSync(binary);
  return {
    subject: "Temporal",
    isWell: isThere,
    found: isThere ? `server binary at ${binary}` : "no server binary",
    fix: isThere ? null : "Run `npm start` once, which fetches it, or set TEMPORAL_ADDRESS.",
  };
}

function demoFinding(config: CliConfig): Finding {
  if (config.demoFault !== undefined) {
    const fix = "Run `npm start`.";
    return { subject: "Demo", isWell: false, found: config.demoFault, fix };
  }
  if (config.demo === undefined) {
    return { subject: "Demo", isWell: true, found: "none was started here", fix: null };
  }
  return {
    subject: "Demo",
    isWell: true,
    found: `${config.demo.base_url}, described in ${demoFilePath(config.home)}`,
    fix: null,
  };
}

async function hubFindings(config: CliConfig): Promise<readonly Finding[]> {
  if (config.hub === undefined) {
    const fix = "Run `npm start`, or set USHER_URL and USHER_API_KEY.";
    return [{ subject: "Hub", isWell: false, found: "none is known", fix }];
  }
  const url = `${config.hub.baseUrl}/readyz`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    // Also a 503 tells every part with its reason.
    const readiness = readinessSchema.parse(await response.json());
    const parts = readiness.checks.map((check) => ({
      subject: `Hub: ${check.name.replaceAll("_", " ")}`,
      isWell: check.ok,
      found: check.detail,
      fix: null,
    }));
    return [...parts, ...(await connectionFindings(config))];
  } catch (error) {
    const because = reasonOf(error);
    const fix = "Run `npm start`; if it runs already, look at .usher/logs/.";
    return [
      { subject: "Hub", isWell: false, found: `${url} does not answer as a hub: ${because}`, fix },
    ];
  }
}

/** fetch says "fetch failed" of everything; what failed is in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function renderFinding(finding: Finding): string {
  const mark = finding.isWell ? colors.green("✓") : colors.red("✗");
  return `${mark} ${finding.subject}: ${finding.found}${finding.fix === null ? "" : `\n    ${finding.fix}`}`;
}
