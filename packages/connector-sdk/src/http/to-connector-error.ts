import { type ConnectorError, isConnectorError } from "../spec/connector-error.ts";
import { connectorFailure } from "./connector-failure.ts";

/**
 * Whatever was thrown, as a `ConnectorError`: the last line of every public method of a connector.
 * Something that is none by itself is a fault of ours or of an SDK; after a write nobody then knows
 * what happened, so it is `outcome_unknown`.
 */
export function toConnectorError(
  error: unknown,
  input: { readonly isWrite: boolean; readonly what: string },
): ConnectorError {
  if (isConnectorError(error)) return error;
  return connectorFailure({
    category: input.isWrite ? "outcome_unknown" : "transient",
    message: `${input.what} failed inside the connector (${error instanceof Error ? error.name : typeof error}). This is a defect worth a report; the cause is kept with the error.`,
    cause: error,
  });
}
