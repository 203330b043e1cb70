import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildHouseOfOffenders, type HouseOfOffenders } from "./house-of-offenders.ts";

let house: HouseOfOffenders;

beforeAll(() => {
  house = buildHouseOfOffenders();
});

afterAll(() => house.tearDown());

interface Offence {
  readonly rule: string;
  readonly offender: string;
  readonly tool: string;
  readonly args: readonly string[];
  /** What the tool says of the offender; each must be found. */
  readonly objections: readonly RegExp[];
}

const boundaries = { tool: "turbo", args: ["boundaries", "--no-color", "--skip-infer"] };

const offences: readonly Offence[] = [
  {
    rule: "the core has no I/O: the compiler knows none",
    offender: "core-does-io",
    tool: "tsc",
    args: ["--noEmit", "-p", "packages/entitlement-core"],
    objections: ["'fetch'", "'process'", "'console'", "'setTimeout'", "'node:fs'"].map(
      (name) => new RegExp(`entitlement-core/src/offender\\.ts.*${name}`),
    ),
  },
  {
    rule: "the core reads no clock and no randomness (oxlint)",
    offender: "core-reads-the-clock",
    tool: "oxlint",
    args: ["packages/entitlement-core/src/offender.ts"],
    objections: [/'?Date\.now'? is restricted|Date.*now/, /Math.*random/],
  },
  {
    rule: "the core makes no Date of now (biome)",
    offender: "core-reads-the-clock",
    tool: "biome",
    args: ["lint", "--only=style/noRestrictedGlobals", "packages/entitlement-core/src/offender.ts"],
    objections: [/noRestrictedGlobals/, /The core has no clock/],
  },
  {
    rule: "nothing of ours is below the core",
    offender: "core-depends-on-sdk",
    ...boundaries,
    objections: [
      /`@usher\/connector-sdk` found without any tag listed in[\s\S]*`@usher\/entitlement-core`/,
    ],
  },
  {
    rule: "connectors never meet, not as dependencies",
    offender: "connectors-meet",
    ...boundaries,
    objections: [
      /`@usher\/connector-salesforce` found without any tag listed in[\s\S]*`@usher\/connector-stripe`/,
    ],
  },
  {
    rule: "connectors never meet, not by a path",
    offender: "connectors-meet-by-path",
    ...boundaries,
    objections: [/salesforce\/src\/index\.ts` leaves the package/],
  },
  {
    rule: "activities never reach a concrete connector",
    offender: "activities-reach-a-connector",
    ...boundaries,
    objections: [
      /`@usher\/connector-stripe` found with tag listed in denylist[\s\S]*`@usher\/activities`/,
    ],
  },
  {
    rule: "workflows never reach a connector",
    offender: "workflows-reach-a-connector",
    ...boundaries,
    objections: [
      /`@usher\/connector-stripe` found with tag listed in denylist[\s\S]*`@usher\/workflows`/,
    ],
  },
  {
    rule: "the API never reaches a connector",
    offender: "api-reaches-a-connector",
    ...boundaries,
    objections: [
      /`@usher\/connector-stripe` found with tag listed in denylist[\s\S]*`@usher\/api`/,
    ],
  },
  {
    rule: "the simulator shares no code with the connectors it tests",
    offender: "simulator-shares-code-with-connectors",
    ...boundaries,
    objections: [
      /`@usher\/connector-sdk` found without any tag listed in[\s\S]*`@usher\/simulator`/,
    ],
  },
  {
    rule: "the command line is a client of the API",
    offender: "cli-reaches-the-database",
    ...boundaries,
    objections: [/`@usher\/database` found without any tag listed in[\s\S]*`@usher\/cli`/],
  },
  {
    rule: "a package imports only what it declares",
    offender: "undeclared-dependency",
    ...boundaries,
    objections: [/cannot import package `@usher\/local-services` because it is not/],
  },
  {
    rule: "workflows import no activity code (biome)",
    offender: "workflows-import-activity-code",
    tool: "biome",
    args: ["lint", "--only=correctness/noUndeclaredDependencies", "workflows/src/offender.ts"],
    objections: [/noUndeclaredDependencies/, /@usher\/activities/],
  },
  {
    rule: "workflows import no activity code (oxlint)",
    offender: "workflows-import-activity-code",
    tool: "oxlint",
    args: ["workflows/src/offender.ts"],
    objections: [
      /no-restricted-imports/,
      /Types only: activity code must not enter the workflow bundle/,
    ],
  },
  {
    rule: "packages are entered by their public doors",
    offender: "private-door",
    tool: "tsc",
    args: ["--noEmit", "-p", "packages/activities"],
    objections: [/activities\/src\/offender\.ts.*@usher\/entitlement-core\/src\/order/],
  },
  {
    rule: "the API reaches workflows by their contract only",
    offender: "api-runs-a-workflow",
    tool: "biome",
    args: ["lint", "--only=style/noRestrictedImports", "apps/api/src/offender.ts"],
    objections: [/noRestrictedImports/, /import @usher\/workflows\/contract/],
  },
  {
    rule: "no file imports itself, by whatever way around (biome)",
    offender: "cycle",
    tool: "biome",
    args: ["lint", "--only=suspicious/noImportCycles", "packages/token-signer/src/offender.ts"],
    objections: [/noImportCycles/],
  },
  {
    rule: "no file imports itself, by whatever way around (oxlint)",
    offender: "cycle",
    tool: "oxlint",
    args: ["packages/token-signer/src"],
    objections: [/import\(no-cycle\)/],
  },
  {
    rule: "the environment is read in apps/*/src/config.ts only",
    offender: "environment-read-elsewhere",
    tool: "biome",
    args: ["lint", "--only=style/noProcessEnv", "packages/database/src/offender.ts"],
    objections: [/noProcessEnv/],
  },
  {
    rule: "no promise is left alone",
    offender: "floating-promise",
    tool: "oxlint",
    args: ["--type-aware", "packages/token-signer/src/offender.ts"],
    objections: [/no-floating-promises/],
  },
  {
    rule: "no file is dead",
    offender: "dead-code",
    tool: "knip",
    args: ["--no-progress", "--production", "--include=files"],
    objections: [/packages\/token-signer\/src\/offender\.ts/],
  },
  {
    rule: "no dependency is dead",
    offender: "dead-dependency",
    tool: "knip",
    args: ["--no-progress", "--include=dependencies"],
    objections: [/hono\s+packages\/token-signer\/package\.json/],
  },
  {
    rule: "there is one version of each dependency",
    offender: "second-version",
    tool: "sherif",
    args: ["--fail-on-warnings", "--ignore-rule=packages-without-package-json"],
    objections: [/multiple-dependency-versions/, /zod/],
  },
];

describe("each rule has a tool, and the tool objects to a deliberate offender", () => {
  it.each(offences)("$rule", async ({ offender, tool, args, objections }) => {
    const { code, output } = await house.judge(offender, tool, args);
    for (const objection of objections) expect(output).toMatch(objection);
    expect(code).not.toBe(0);
  });
});

describe("the rules leave room for what is right", () => {
  it.each([
    {
      what: "workflows import the types of activities",
      offender: "workflows-import-activity-types",
      tool: "biome",
      args: ["lint", "--only=correctness/noUndeclaredDependencies", "workflows/src/virtue.ts"],
    },
    {
      what: "workflows import the types of activities, says oxlint too",
      offender: "workflows-import-activity-types",
      tool: "oxlint",
      args: ["workflows/src/virtue.ts"],
    },
    {
      what: "an app's config.ts reads the environment",
      offender: "environment-read-in-config",
      tool: "biome",
      args: ["lint", "--only=style/noProcessEnv", "apps/worker/src/config.ts"],
    },
  ])("$what", async ({ offender, tool, args }) => {
    const { code, output } = await house.judge(offender, tool, args);
    expect({ code, output }).toMatchObject({ code: 0 });
  });
});
