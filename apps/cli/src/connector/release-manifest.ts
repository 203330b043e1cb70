import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type ConformanceSubject,
  releasedManifestFile,
  toReleasedManifest,
} from "@usher/connector-sdk/conformance";
import { CliFailure } from "../cli-failure.ts";
import { runTool } from "./run-tool.ts";

/** Writes down what the manifest promises now, for check 3 to hold later versions to. The file's name. */
export async function releaseManifest(input: {
  readonly subject: ConformanceSubject;
  readonly folder: string;
}): Promise<string> {
  const harness = await input.subject.start();
  try {
    const { definition } = harness;
    if (definition === undefined) {
      throw new CliFailure("The harness has no `definition`, so there is no manifest to release.");
    }
    const released = toReleasedManifest(definition.connector.manifest);
    const path = join(input.folder, releasedManifestFile);
    writeFileSync(path, `${JSON.stringify(released, null, 2)}\n`);
    await runTool({ program: "biome", args: ["format", "--write", path], msMax: 60_000 });
    return releasedManifestFile;
  } finally {
    await harness.stop();
  }
}
