import { pathToFileURL } from "node:url";
import type { ConformanceSubject } from "@usher/connector-sdk/conformance";
import { playScene } from "./play-scene.ts";
import type { SceneInput, SceneTrace } from "./scene.ts";

/**
 * The process that loads the connector: started anew for each scene, so that it always runs what is
 * on disk. Its arguments: the file that exports `conformance`, and the connector's folder.
 */
const [, , conformanceFile = "", folder = ""] = process.argv;

process.on("message", (scene: SceneInput) => {
  play(scene)
    .catch((error: unknown): SceneTrace => failed(scene, error))
    .then((trace) => process.send?.(trace, () => process.disconnect()))
    .catch(() => process.exit(1));
});

async function play(scene: SceneInput): Promise<SceneTrace> {
  const { conformance } = (await import(pathToFileURL(conformanceFile).href)) as {
    readonly conformance: ConformanceSubject;
  };
  return playScene({ subject: conformance, folder, scene });
}

function failed(scene: SceneInput, error: unknown): SceneTrace {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const at = new RegExp(`${folder}/[^\\s:)]+:\\d+`).exec(stack)?.[0] ?? null;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : stack;
  const nothing = { inbound: null, events: [], read: null, order: null, steps: [], log: [] };
  return { input: scene, ms: 0, ...nothing, failure: { message, at } };
}
