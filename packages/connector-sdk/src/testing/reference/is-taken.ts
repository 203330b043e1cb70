import { isConnectorError } from "../../spec/index.ts";

/** Whether this is what Acme answers when our own external key is taken: somebody was faster. */
export function isTaken(error: unknown): boolean {
  return isConnectorError(error) && error.detail.category === "duplicate";
}
