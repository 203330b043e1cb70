import { connectorFailure } from "@usher/connector-sdk/http";

/**
 * The path of the record that has this value of an external id. Encoded whole: jsforce's own upsert
 * sends `A/1?x#y` as it is, which names another record.
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_upsert.htm
 */
export function externalIdPath(input: {
  readonly object: string;
  readonly field: string;
  readonly value: string;
}): string {
  const { object, field, value } = input;
  // URLs take these for steps along a path, encoded or not.
  if (value === "" || value === "." || value === "..") {
    throw connectorFailure({
      category: "validation",
      message: `“${value}” cannot be an external id of ${object} (${field}): a URL cannot carry it.`,
      where: { record: `${object} ${value}`, field },
    });
  }
  return `/sobjects/${object}/${field}/${encodeURIComponent(value)}`;
}
