import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ConformanceSubject } from "@usher/connector-sdk/conformance";
import { CliFailure } from "../cli-failure.ts";
import { projectRoot } from "../config.ts";
import type { ConnectorName } from "./connector-name.ts";

const connectorsFolder = join(projectRoot, "packages/connectors");

/** Where a connector lives, and what puts it before the conformance kit. */
export interface ConnectorHome {
  readonly folder: string;
  /** Exports `conformance`. Its own package's; that of a vendor with a simulator lies with the end-to-end tests. */
  readonly conformanceFile: string;
}

export function folderOf(name: ConnectorName): string {
  return join(connectorsFolder, name.kebab);
}

export function findConnectorHome(name: ConnectorName): ConnectorHome {
  const folder = folderOf(name);
  if (!existsSync(join(folder, "package.json"))) {
    throw new CliFailure(`There is no connector ${name.kebab} in ${connectorsFolder}.`, {
      hint: `There are ${listConnectors().join(", ") || "none"}. \`usher connector new ${name.kebab}\` makes one.`,
    });
  }
  const candidates = [
    join(folder, `src/testing/${name.kebab}-conformance.ts`),
    join(projectRoot, `test/e2e/connectors/${name.kebab}-conformance.ts`),
  ];
  const conformanceFile = candidates.find((file) => existsSync(file));
  if (conformanceFile === undefined) {
    throw new CliFailure(
      `The connector ${name.kebab} has nothing that puts it before the conformance kit.`,
      { hint: `Expected a file that exports \`conformance\`: ${candidates.join(", or ")}.` },
    );
  }
  return { folder, conformanceFile };
}

function listConnectors(): readonly string[] {
  return readdirSync(connectorsFolder, { withFileTypes: true })
    .filter((entry) => existsSync(join(connectorsFolder, entry.name, "package.json")))
    .map(({ name }) => name)
    .sort();
}

/** Node runs TypeScript itself, so the file is simply imported. */
export async function loadConformance(home: ConnectorHome): Promise<ConformanceSubject> {
  const { conformanceFile } = home;
  let module: { readonly conformance?: unknown };
  try {
    module = (await import(pathToFileURL(conformanceFile).href)) as typeof module;
  } catch (cause) {
    const because = cause instanceof Error ? cause.message : String(cause);
    throw new CliFailure(`${conformanceFile} could not be loaded: ${because}`, { cause });
  }
  if (!isSubject(module.conformance)) {
    throw new CliFailure(
      `${conformanceFile} exports no \`conformance\` with a name and a start().`,
      {
        hint: "See docs/guides/add-a-connector.md.",
      },
    );
  }
  return { folder: home.folder, ...module.conformance };
}

function isSubject(value: unknown): value is ConformanceSubject {
  return (
    typeof value === "object" &&
    value !== null &&
    "name" in value &&
    "start" in value &&
    typeof value.start === "function"
  );
}
