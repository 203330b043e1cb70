import { type ChildProcess, fork } from "node:child_process";
import { type FSWatcher, watch } from "node:fs";
import { join } from "node:path";
import type { ConnectorHome } from "../connector-home.ts";
import { firstScene, type SceneInput, type SceneTrace } from "./scene.ts";

export interface ScenePlayed {
  readonly number: number;
  readonly trace: SceneTrace;
  /** From the edit or the click to the trace, process start included. */
  readonly tookMs: number;
  readonly because: "asked" | "a file was saved";
}

/** Plays scenes, each in a process of its own, and plays the last one again when a file is saved. */
export interface SceneRunner {
  /** Null when another scene took its place before it ended. */
  play(input: SceneInput): Promise<ScenePlayed | null>;
  /** The newest first; the last fifty. */
  played(): readonly ScenePlayed[];
  /** True while one is on its way. */
  isPlaying(): boolean;
  close(): void;
}

const playedMax = 50;
const sceneMsMax = 30_000;
/** Editors save in several steps. */
const settleMs = 60;

export function createSceneRunner(input: {
  readonly home: ConnectorHome;
  readonly isWatching: boolean;
  readonly onPlayed: (played: ScenePlayed) => void;
}): SceneRunner {
  const { home, isWatching, onPlayed } = input;
  const played: ScenePlayed[] = [];
  let last = firstScene;
  let running: ChildProcess | null = null;
  let number = 0;

  async function play(
    scene: SceneInput,
    because: ScenePlayed["because"],
    sinceMs: number,
  ): Promise<ScenePlayed | null> {
    last = scene;
    // What is still running plays code that is no longer there.
    running?.kill("SIGKILL");
    const child = fork(
      new URL("./scene-process.ts", import.meta.url),
      [home.conformanceFile, home.folder],
      { stdio: ["ignore", "pipe", "pipe", "ipc"], serialization: "json" },
    );
    running = child;
    const trace = await traceOf(child, scene);
    if (running !== child) return null;
    running = null;
    number += 1;
    const one = { number, trace, because, tookMs: Math.round(performance.now() - sinceMs) };
    played.unshift(one);
    played.length = Math.min(played.length, playedMax);
    onPlayed(one);
    return one;
  }

  let watcher: FSWatcher | null = null;
  let settling: NodeJS.Timeout | undefined;
  if (isWatching) {
    watcher = watch(join(home.folder, "src"), { recursive: true }, (_, file) => {
      if (!/\.(ts|json)$/.test(file ?? "") || /fixtures/.test(file ?? "")) return;
      const savedMs = performance.now();
      clearTimeout(settling);
      settling = setTimeout(() => {
        // What a scene tells of itself, a failure included, is in its trace.
        void play(last, "a file was saved", savedMs);
      }, settleMs);
    });
  }

  return {
    play: (scene) => play(scene, "asked", performance.now()),
    played: () => played,
    isPlaying: () => running !== null,
    close() {
      clearTimeout(settling);
      watcher?.close();
      running?.kill("SIGKILL");
    },
  };
}

/** What the process tells, or why it told nothing. */
function traceOf(child: ChildProcess, scene: SceneInput): Promise<SceneTrace> {
  return new Promise((resolve) => {
    let output = "";
    let trace: SceneTrace | null = null;
    const timer = setTimeout(() => child.kill("SIGKILL"), sceneMsMax);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    child.once("message", (message) => {
      trace = message as SceneTrace;
    });
    child.once("error", (error) => {
      output += error.message;
    });
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      const nothing = { inbound: null, events: [], read: null, order: null, steps: [], log: [] };
      const message = `The scene's process ended with ${signal ?? code} and told nothing.\n${output.slice(-2_000)}`;
      resolve(trace ?? { input: scene, ms: 0, ...nothing, failure: { message, at: null } });
    });
    child.send(scene);
  });
}
