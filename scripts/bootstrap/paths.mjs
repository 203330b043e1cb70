import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const projectFolder = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const toolsFolder = join(projectFolder, ".tools");

/** Every tool is at `.tools/<tool>/bin/<tool>`, fetched or linked. */
export function toolPath(tool) {
  return join(toolsFolder, tool, "bin", tool);
}
