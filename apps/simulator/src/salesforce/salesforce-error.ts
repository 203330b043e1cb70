/** One item of the array that Salesforce answers an error with. */
export interface SalesforceErrorItem {
  readonly message: string;
  readonly errorCode: string;
  readonly fields?: readonly string[];
}

/**
 * A refusal as the REST API words it.
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
 */
export class SalesforceError extends Error {
  readonly status: number;
  readonly items: readonly SalesforceErrorItem[];

  constructor(status: number, items: readonly SalesforceErrorItem[]) {
    super(items.map((item) => `${item.errorCode}: ${item.message}`).join("; "));
    this.status = status;
    this.items = items;
  }
}

export function refusal(
  status: number,
  errorCode: string,
  message: string,
  fields?: readonly string[],
): SalesforceError {
  return new SalesforceError(status, [
    fields === undefined ? { message, errorCode } : { message, errorCode, fields },
  ]);
}

export const notFound = () => refusal(404, "NOT_FOUND", "The requested resource does not exist");
