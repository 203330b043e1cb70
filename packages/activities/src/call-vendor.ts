import type { CallContext, ConnectorErrorDetail } from "@usher/connector-sdk/spec";
import { isConnectorError } from "@usher/connector-sdk/spec";
import type { ConnectedVendor } from "./connected-vendors.ts";

/** What one call to a vendor came to. `failure` null: it answered. */
export interface VendorCallReport {
  readonly tenantId: string;
  readonly connectionId: string;
  readonly vendor: string;
  readonly operation: string;
  readonly seconds: number;
  readonly failure: ConnectorErrorDetail | null;
}

export interface VendorCallInput<Result> {
  readonly tenantId: string;
  readonly vendor: ConnectedVendor;
  /** Such as `bill`; for metrics and logs. */
  readonly operation: string;
  /** Business key: the same for every attempt at the same step of the same revision. */
  readonly idempotencyKey: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly call: (context: CallContext) => Promise<Result>;
}

/** Makes calls to vendors and tells how each went, in one place for health, metrics and logs. */
export type CallVendor = <Result>(input: VendorCallInput<Result>) => Promise<Result>;

export function createCallVendor(deps: {
  readonly now: () => number;
  readonly log: (entry: { readonly message: string; readonly [field: string]: unknown }) => void;
  /** Must not throw: what a call came to is the caller's to know. */
  readonly report: (report: VendorCallReport) => void;
}): CallVendor {
  return async (input) => {
    const { tenantId, vendor, operation } = input;
    const about = { tenantId, connectionId: vendor.connectionId, vendor: vendor.vendor, operation };
    const startedAt = deps.now();
    const seconds = () => (deps.now() - startedAt) / 1_000;
    try {
      const result = await input.call({
        idempotencyKey: input.idempotencyKey,
        deadline: startedAt + input.timeoutMs,
        signal: AbortSignal.any([input.signal, AbortSignal.timeout(input.timeoutMs)]),
        log: (entry) => deps.log({ ...about, ...entry }),
      });
      deps.report({ ...about, seconds: seconds(), failure: null });
      return result;
    } catch (error) {
      // Given up by ourselves, which says nothing about the vendor.
      if (!input.signal.aborted && isConnectorError(error)) {
        deps.report({ ...about, seconds: seconds(), failure: error.detail });
      }
      throw error;
    }
  };
}
