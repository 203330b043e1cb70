import { toConnectorError } from "./to-connector-error.ts";

/** Runs one method's work: whatever it throws leaves as a `ConnectorError`. */
export async function guarded<T>(
  input: { readonly what: string; readonly isWrite: boolean },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toConnectorError(error, input);
  }
}
