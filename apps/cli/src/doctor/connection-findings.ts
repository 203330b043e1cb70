import type { WireConnection } from "@usher/api-contract";
import type { CliConfig } from "../config.ts";
import { openHub } from "../hub.ts";
import type { Finding } from "./finding.ts";

/** How the hub's connections fare: one line when all is well, else one for each that is not. */
export async function connectionFindings(config: CliConfig): Promise<readonly Finding[]> {
  const answer = await openHub(config).call("listConnections", { query: { limit: 200 } });
  const subject = "Hub: connections";
  if (!answer.ok) {
    // A key for another purpose; whether the hub is well, it does not say.
    const found = `not looked at: ${answer.problem.detail}`;
    return [{ subject, isWell: true, found, fix: null }];
  }
  const all = answer.data.data;
  const unwell = all.flatMap(findingsOf);
  if (unwell.length > 0) return unwell;
  const found = all.length === 0 ? "none yet" : `${all.length}, all working`;
  return [{ subject, isWell: true, found, fix: null }];
}

function findingsOf(one: WireConnection): readonly Finding[] {
  const subject = `Connection ${one.name}`;
  const findings: Finding[] = [];
  if (one.status !== "working") {
    findings.push({
      subject,
      isWell: false,
      found: one.problem ?? one.last_error?.message ?? "needs attention",
      fix: fixOf(one),
    });
  }
  const { quarantined } = one.inbox;
  if (quarantined > 0) {
    findings.push({
      subject,
      isWell: false,
      found: `${quarantined} in quarantine`,
      fix: `\`usher inbox list --status quarantined --connection ${one.id}\` says why; once that is mended, \`usher inbox replay --all --connection ${one.id}\`.`,
    });
  }
  return findings;
}

function fixOf({ id, status, problem, last_error: error }: WireConnection): string {
  if (problem !== null)
    return "Mend the connector package, then start the API and the worker anew.";
  if (status === "failing") {
    return `It is tried again by itself (${error?.category ?? "no answer"}); \`usher connection check ${id}\` looks now.`;
  }
  return `\`usher connection rotate ${id}\` gives it other credentials or settings.`;
}
