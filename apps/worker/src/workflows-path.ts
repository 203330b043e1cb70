import { fileURLToPath } from "node:url";

/** The file that exports every workflow; the bundler starts there. */
export const workflowsPath = fileURLToPath(import.meta.resolve("@usher/workflows"));
