/**
 * What `npm test` runs before the tests; each is one passed or failed item. Programs come from
 * `node_modules/.bin`, and every one of them only reads.
 */
export const checks = [
  {
    name: "format and lint (biome)",
    command: "biome",
    args: ["check", "--error-on-warnings", "."],
  },
  {
    name: "type-aware lint (oxlint)",
    command: "oxlint",
    args: ["--type-aware", "--deny-warnings", "--format=unix"],
  },
  // One program over all packages: each file is checked once, not once per package that imports it.
  { name: "types (tsc)", command: "tsc", args: ["--noEmit", "-p", "."] },
  {
    name: "the core compiles without any I/O (tsc)",
    command: "tsc",
    args: ["--noEmit", "-p", "packages/entitlement-core"],
  },
  { name: "boundaries (turbo)", command: "turbo", args: ["boundaries", "--no-color"] },
  { name: "dead code (knip)", command: "knip", args: ["--no-progress"] },
  {
    name: "dead code in production (knip)",
    command: "knip",
    args: ["--production", "--include=files,dependencies,unlisted,unresolved", "--no-progress"],
  },
  {
    name: "one version of each dependency (sherif)",
    command: "sherif",
    args: ["--fail-on-warnings", "--ignore-rule=packages-without-package-json"],
  },
];
