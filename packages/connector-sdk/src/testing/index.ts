export * from "./conformance.ts";
export * from "./describe-connector-conformance.ts";
export { type ReadStep, readWithKills } from "./read-with-kills.ts";
export * from "./wrong-answers/describe-wrong-answers.ts";
