import { isConnectorError } from "@usher/connector-sdk/spec";

/** Stripe no longer knows the object that a page ends with, and cannot go on from it: the list is read from its top again. */
export function listOrStartAgain<T>(
  list: (startingAfter: { readonly starting_after?: string }) => Promise<T>,
): (lastId: string) => Promise<T> {
  return async (lastId) => {
    if (lastId === "") return list({});
    try {
      return await list({ starting_after: lastId });
    } catch (error) {
      if (!isConnectorError(error) || error.detail.category !== "not_found") throw error;
      return list({});
    }
  };
}
