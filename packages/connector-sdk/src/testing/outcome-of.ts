import { type ConnectorErrorDetail, isConnectorError } from "../spec/connector-error.ts";

/** How a call ended: `ok`, or the detail of its `ConnectorError`. Anything else that was thrown is thrown on: no connector may. */
export async function outcomeOf(
  work: Promise<unknown>,
): Promise<{ readonly category: "ok" } | ConnectorErrorDetail> {
  try {
    await work;
    return { category: "ok" };
  } catch (error) {
    if (isConnectorError(error)) return error.detail;
    throw error;
  }
}
