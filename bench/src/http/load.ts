import { connect, type Socket } from "node:net";
import { answerParent, tellParent } from "../processes/parent.ts";
import type { LoadAnswered, LoadAsked } from "./load-client.ts";

/**
 * A load generator over plain sockets: one request in flight a connection, keep-alive, HTTP/1.1.
 * An HTTP client would cost more than the servers that are measured and so level them.
 */
const targets = new Map<string, { readonly port: number; readonly requests: readonly Buffer[] }>();

tellParent("ready");
answerParent<LoadAsked, LoadAnswered>(async (asked) => {
  if (asked.kind === "target") {
    const { name, port, path, headers, bodies } = asked;
    const head = Object.entries(headers).map(([key, value]) => `${key}: ${value}\r\n`);
    targets.set(name, {
      port,
      requests: bodies.map((body) =>
        Buffer.from(
          `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${head.join("")}` +
            `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
        ),
      ),
    });
    return { answered: 0, elapsedMs: 0 };
  }
  return await run(asked);
});

async function run({
  name,
  connections,
  milliseconds,
}: Extract<LoadAsked, { kind: "run" }>): Promise<LoadAnswered> {
  const target = targets.get(name);
  if (target === undefined) throw new Error(`No target ${name}.`);
  const { port, requests } = target;
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
  let answered = 0;
  let next = Math.floor(Math.random() * requests.length);
  const started = performance.now();
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((resolve, reject) => {
          const send = () => {
            next = (next + 1) % requests.length;
            socket.write(requests[next] as Buffer);
          };
          const end = readAnswers({
            socket,
            onAnswer: () => {
              answered += 1;
              if (performance.now() - started < milliseconds) send();
              else {
                socket.destroy();
                resolve();
              }
            },
            onFailure: reject,
          });
          socket.once("close", () => end());
          send();
        }),
    ),
  );
  return { answered, elapsedMs: performance.now() - started };
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true }, () => resolve(socket));
    socket.once("error", reject);
  });
}

const ok = Buffer.from("HTTP/1.1 200");
const headEnd = Buffer.from("\r\n\r\n");

/** Counts whole answers by their Content-Length; anything but 200 is a failure of the benchmark. */
function readAnswers({
  socket,
  onAnswer,
  onFailure,
}: {
  readonly socket: Socket;
  readonly onAnswer: () => void;
  readonly onFailure: (error: Error) => void;
}): () => void {
  let kept: Buffer | undefined;
  let isOver = false;
  socket.on("data", (chunk: Buffer) => {
    const bytes = kept === undefined ? chunk : Buffer.concat([kept, chunk]);
    const head = bytes.indexOf(headEnd);
    if (head < 0) {
      kept = bytes;
      return;
    }
    if (bytes.compare(ok, 0, ok.length, 0, ok.length) !== 0) {
      isOver = true;
      onFailure(new Error(`Not answered with 200: ${bytes.toString("utf8").slice(0, 400)}`));
      return;
    }
    const wanted = head + headEnd.length + contentLength(bytes, head);
    if (bytes.length < wanted) {
      kept = bytes;
      return;
    }
    kept = undefined;
    onAnswer();
  });
  socket.on("error", onFailure);
  return () => {
    if (!isOver && kept !== undefined) onFailure(new Error("A connection ended within an answer."));
  };
}

const lengthName = Buffer.from("ontent-");

function contentLength(bytes: Buffer, head: number): number {
  for (let at = bytes.indexOf(lengthName); at >= 0 && at < head; ) {
    if (/^ontent-length: /i.test(bytes.toString("latin1", at, at + 15))) {
      let length = 0;
      for (let place = at + 15; bytes[place] !== 13; place += 1)
        length = length * 10 + ((bytes[place] as number) - 48);
      return length;
    }
    at = bytes.indexOf(lengthName, at + 1);
  }
  throw new Error("An answer without Content-Length.");
}
