import { Session } from "node:inspector";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { LastCall } from "./watch-system.ts";

/**
 * Where in the connector's own source a fault belongs: the topmost frame of what was thrown that lies
 * in `folder`, else the method that was called last. Relative to the working directory, with the line.
 */
export function locateFault(input: {
  readonly error: unknown;
  readonly lastCall: LastCall | null;
  readonly folder: string | null;
}): string | null {
  const { error, lastCall, folder } = input;
  if (folder === null) return null;
  const thrown = frameIn(folder, error);
  if (thrown !== null) return thrown;
  const place = lastCall === null ? null : placeOf(lastCall.method);
  return place?.path.startsWith(`${folder}/`) === true ? show(place) : null;
}

interface Place {
  readonly path: string;
  readonly line: number;
}

/** Tests and what they stand on are where a fault shows, not where it is. */
const notTheConnector = /\/node_modules\/|\/testing\/|\.test\.ts$/;

function frameIn(folder: string, error: unknown): string | null {
  for (let one = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth += 1) {
    for (const [, url = "", line = "0"] of (one.stack ?? "").matchAll(
      /\(?((?:file:\/\/)?\/[^\s():]+\.ts):(\d+):\d+\)?/g,
    )) {
      const path = url.startsWith("file:") ? fileURLToPath(url) : url;
      if (path.startsWith(`${folder}/`) && !notTheConnector.test(path.slice(folder.length))) {
        return show({ path, line: Number(line) });
      }
    }
  }
  return null;
}

function show({ path, line }: Place): string {
  return `${relative(process.cwd(), path)}:${line}`;
}

/** Where a function was written. V8 knows; only its debugger says so. */
function placeOf(method: unknown): Place | null {
  const session = new Session();
  session.connect();
  try {
    const urls = new Map<string, string>();
    session.on("Debugger.scriptParsed", ({ params }) => urls.set(params.scriptId, params.url));
    const found: { scriptId?: string; lineNumber?: number } = {};
    const global = globalThis as { usherMethodToPlace?: unknown };
    global.usherMethodToPlace = method;
    session.post("Debugger.enable");
    session.post("Runtime.evaluate", { expression: "usherMethodToPlace" }, (_, evaluated) => {
      const { objectId } = evaluated.result;
      if (objectId === undefined) return;
      session.post("Runtime.getProperties", { objectId }, (__, properties) => {
        const own = properties.internalProperties ?? [];
        Object.assign(found, own.find(({ name }) => name === "[[FunctionLocation]]")?.value?.value);
      });
    });
    delete global.usherMethodToPlace;
    const url = urls.get(found.scriptId ?? "");
    if (url === undefined || !url.startsWith("file:")) return null;
    return { path: fileURLToPath(url), line: (found.lineNumber ?? 0) + 1 };
  } finally {
    session.disconnect();
  }
}
