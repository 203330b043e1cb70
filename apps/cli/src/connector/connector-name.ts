import { CliFailure } from "../cli-failure.ts";

/** A connector's name in the spellings that code and prose need. */
export interface ConnectorName {
  /** `big-erp`: the manifest's id, the folder, file names. */
  readonly kebab: string;
  /** `bigErp` */
  readonly camel: string;
  /** `BigErp` */
  readonly pascal: string;
  /** `Big Erp` */
  readonly display: string;
}

const kebab = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

export function parseConnectorName(text: string): ConnectorName {
  if (!kebab.test(text) || text.length > 40) {
    throw new CliFailure(
      `"${text}" is no name for a connector: expected small letters, digits and single dashes, such as acme-crm, at most 40.`,
    );
  }
  const words = text.split("-").map((word) => word.slice(0, 1).toUpperCase() + word.slice(1));
  const pascal = words.join("");
  return {
    kebab: text,
    camel: pascal.slice(0, 1).toLowerCase() + pascal.slice(1),
    pascal,
    display: words.join(" "),
  };
}
