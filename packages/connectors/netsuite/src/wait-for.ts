import { connectorFailure } from "@usher/connector-sdk/http";

/** Resolves after `ms`; rejects at once when the caller gives up. */
export function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(
        connectorFailure({
          category: "outcome_unknown",
          message: "Stopped by the caller while NetSuite's job was still waiting.",
        }),
      );
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
