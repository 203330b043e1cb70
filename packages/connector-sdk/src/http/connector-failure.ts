import { ConnectorError, type ConnectorErrorDetail } from "../spec/connector-error.ts";

/** A `ConnectorError` of which only what is known has to be said. */
export function connectorFailure(
  known: Pick<ConnectorErrorDetail, "category" | "message"> &
    Partial<ConnectorErrorDetail> & { readonly cause?: unknown },
): ConnectorError {
  const { cause, ...detail } = known;
  return new ConnectorError(
    { vendorCode: null, vendorRequestId: null, retryAfterMs: null, where: null, ...detail },
    cause === undefined ? undefined : { cause },
  );
}
