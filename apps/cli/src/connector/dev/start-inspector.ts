import { existsSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join, relative } from "node:path";
import { CliFailure } from "../../cli-failure.ts";
import type { ConnectorHome } from "../connector-home.ts";
import type { ConnectorName } from "../connector-name.ts";
import { createRedactor } from "../record/redact.ts";
import { writeFixture } from "../record/write-fixture.ts";
import { runTool } from "../run-tool.ts";
import { followScriptSource, stateOf } from "./follow-newest.ts";
import { editPage, problemPage, scenePage, testPage } from "./inspector-page.ts";
import { readSceneForm } from "./read-scene-form.ts";
import type { ScenePlayed, SceneRunner } from "./scene-runner.ts";
import { testOfScene } from "./test-of-scene.ts";

export interface Inspector {
  readonly url: string;
  close(): Promise<void>;
}

/** No edited body is larger. */
const formBytesMax = 1024 * 1024;

type Reply =
  | { readonly kind: "page"; readonly status?: number; readonly text: string }
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "see"; readonly path: string };

/**
 * The inspector's pages, on this machine only. A request has to name this machine, and a form has to
 * come from one of these pages: a web page that is open in the same browser can do nothing here.
 */
export async function startInspector(input: {
  readonly name: ConnectorName;
  readonly home: ConnectorHome;
  readonly runner: SceneRunner;
  readonly port: number;
}): Promise<Inspector> {
  const { name, home, runner, port } = input;

  function sceneOf(number: string): ScenePlayed {
    const found = runner.played().find((one) => one.number === Number(number));
    if (found !== undefined) return found;
    throw new CliFailure(`There is no scene ${number} any more; the last fifty are kept.`);
  }

  function show(played: ScenePlayed | undefined, isNewest: boolean, note: string | null): Reply {
    const all = runner.played();
    const isPlaying = runner.isPlaying();
    return {
      kind: "page",
      text: scenePage({ name, played, all, isNewest, isPlaying, note }),
    };
  }

  const state = () =>
    stateOf({ number: runner.played()[0]?.number ?? null, isPlaying: runner.isPlaying() });

  function get(path: string, query: URLSearchParams): Reply | null {
    const note = query.get("note");
    const [, number = "", rest = ""] = /^\/scenes\/(\d+)(\/\w+)?$/.exec(path) ?? [];
    if (path === "/") return show(runner.played()[0], true, note);
    if (path === "/state") return { kind: "text", text: state() };
    if (path === "/scenes.json") return { kind: "json", value: runner.played() };
    if (number === "") return null;
    const played = sceneOf(number);
    if (rest === "") return show(played, false, note);
    if (rest === "/edit") {
      const { input: scene, inbound } = played.trace;
      const signedBody = inbound?.body ?? null;
      return { kind: "page", text: editPage({ name, number: played.number, scene, signedBody }) };
    }
    if (rest !== "/test") return null;
    const code = testOfScene({ name, trace: played.trace });
    return { kind: "page", text: testPage({ name, number: played.number, code }) };
  }

  async function post(path: string, form: URLSearchParams): Promise<Reply | null> {
    if (path === "/scenes") {
      const played = await runner.play(readSceneForm(form));
      return { kind: "see", path: played === null ? "/" : `/scenes/${played.number}` };
    }
    const [, number = "", rest = ""] = /^\/scenes\/(\d+)\/(.+)$/.exec(path) ?? [];
    if (rest === "replay") {
      await runner.play(sceneOf(number).trace.input);
      return { kind: "see", path: "/" };
    }
    if (rest === "test") return await saveTest(sceneOf(number));
    const [, index] = /^calls\/(\d+)\/fixture$/.exec(rest) ?? [];
    return index === undefined ? null : saveFixture(sceneOf(number), Number(index));
  }

  function saveFixture({ number, trace }: ScenePlayed, index: number): Reply {
    const call = trace.steps.flatMap(({ calls }) => calls)[index];
    if (call === undefined) throw new CliFailure(`Scene ${number} made no such call.`);
    const file = writeFixture({
      exchange: { ...call, status: call.status ?? 0 },
      redactor: createRedactor(),
      folder: join(home.folder, "src/fixtures/recorded"),
    });
    return saved(number, file);
  }

  async function saveTest({ number, trace }: ScenePlayed): Promise<Reply> {
    const code = testOfScene({ name, trace });
    if (code === null) throw new CliFailure(`Scene ${number} read no deal to hold a test to.`);
    const file = join(home.folder, `src/scene-${number}.test.ts`);
    if (existsSync(file)) throw new CliFailure(`${file} is there already; nothing was written.`);
    writeFileSync(file, code);
    await runTool({ program: "biome", args: ["check", "--write", file], msMax: 60_000 });
    return saved(number, file);
  }

  function saved(number: number, file: string): Reply {
    const note = `Written: ${relative(process.cwd(), file)}`;
    return { kind: "see", path: `/scenes/${number}?note=${encodeURIComponent(note)}` };
  }

  async function answer(incoming: IncomingMessage): Promise<Reply> {
    const url = new URL(incoming.url ?? "/", "http://inspector");
    const host = incoming.headers.host ?? "";
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host))
      return refused("This page is for this machine.");
    if (incoming.method === "GET") return get(url.pathname, url.searchParams) ?? notFound();
    const { origin } = incoming.headers;
    if (incoming.method !== "POST") return notFound();
    if (origin !== undefined && origin !== `http://${host}`) {
      return refused("A form of another page is not accepted.");
    }
    return (await post(url.pathname, new URLSearchParams(await readForm(incoming)))) ?? notFound();
  }

  const refused = (message: string): Reply => ({
    kind: "page",
    status: 403,
    text: problemPage(name, message),
  });
  const notFound = (): Reply => ({
    kind: "page",
    status: 404,
    text: problemPage(name, "There is no such page."),
  });

  const server = createServer((incoming, outgoing) => {
    answer(incoming)
      .catch((error: unknown): Reply => {
        const message = error instanceof Error ? error.message : String(error);
        return { kind: "page", status: 409, text: problemPage(name, message) };
      })
      .then((reply) => {
        if (reply.kind === "see") {
          outgoing.writeHead(303, { location: reply.path }).end();
          return;
        }
        if (reply.kind === "json") {
          outgoing.writeHead(200, { "content-type": "application/json" });
          outgoing.end(JSON.stringify(reply.value));
          return;
        }
        if (reply.kind === "text") {
          outgoing.writeHead(200, { "content-type": "text/plain", "cache-control": "no-store" });
          outgoing.end(reply.text);
          return;
        }
        outgoing
          .writeHead(reply.status ?? 200, {
            "content-type": "text/html; charset=utf-8",
            "content-security-policy": `default-src 'none'; style-src 'unsafe-inline'; script-src ${followScriptSource}; connect-src 'self'; form-action 'self'; frame-ancestors 'none'`,
            "cache-control": "no-store",
          })
          .end(reply.text);
      })
      .catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function readForm(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += (chunk as Buffer).length;
    if (bytes > formBytesMax) throw new CliFailure(`A form of more than ${formBytesMax} bytes.`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}
