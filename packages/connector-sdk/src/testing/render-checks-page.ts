import type { ConformanceCheck } from "./conformance-check.ts";

/** The page that explains each check, which every fault points to. */
export function renderChecksPage(checks: readonly ConformanceCheck[]): string {
  const chapters = [...new Set(checks.map(({ chapter }) => chapter))];
  return [
    "# The conformance checks",
    "",
    "What a connector has to show: fifty checks of every connector, and five more (51 to 55) of a billing system that keeps a log of what it announced. They run by `usher connector test <name>` and in vitest by `describeConnectorConformance`. A check runs when the connector has what it needs. What the connector does not do at all is *beyond* it; a check that is *skipped* has a reason; one that the harness cannot drive is *unproven*, and the run then fails. Each check is proven by a mutant: the reference connector with one fault, caught by that check and by no other (`packages/connector-sdk/src/testing/mutants/`).",
    "",
    "This page is written from the checks themselves: `pnpm exec vitest run -u packages/connector-sdk/src/testing/checks-page.test.ts`.",
    ...chapters.flatMap((chapter) => [
      "",
      `## ${chapter}`,
      ...checks.filter((check) => check.chapter === chapter).flatMap(renderCheck),
    ]),
    "",
  ].join("\n");
}

function renderCheck(check: ConformanceCheck): readonly string[] {
  return [
    "",
    `<a id="check-${check.id}"></a>`,
    `### ${check.id}. ${check.title}`,
    "",
    `**Why**: ${check.why}`,
    "",
    `**When it fails**: ${check.fix}`,
    ...(check.needs.length === 0 ? [] : ["", `**Needs**: ${check.needs.join(", ")}`]),
  ];
}
