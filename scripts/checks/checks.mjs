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
  {
    name: "types (tsc in every package)",
    command: "turbo",
    args: ["run", "typecheck", "--continue", "--output-logs=errors-only"],
  },
  { name: "boundaries (turbo)", command: "turbo", args: ["boundaries", "--no-color"] },
  { name: "dead code (knip)", command: "knip", args: ["--no-progress"] },
  {
    name: "dead code in production (knip)",
    command: "knip",
    args: ["--production", "--no-progress"],
  },
  {
    name: "one version of each dependency (sherif)",
    command: "sherif",
    args: ["--fail-on-warnings", "--ignore-rule=packages-without-package-json"],
  },
];
