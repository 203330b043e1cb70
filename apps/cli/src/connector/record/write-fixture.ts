import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Redactor } from "./redact.ts";

/** One request and its answer, as they went over the wire. */
export interface Exchange {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody: string;
  readonly status: number;
  readonly answerHeaders: Readonly<Record<string, string>>;
  readonly answerBody: string;
}

/** Of the connection rather than of the exchange, or different on every run. */
const leftOut = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "content-length",
  "content-encoding",
  "accept-encoding",
  "date",
  "host",
  "user-agent",
]);

/** An exchange without secrets and persons. */
function toFixture(exchange: Exchange, redactor: Redactor) {
  // Headers of both sides first: their tokens may stand in either body.
  const requestHeaders = redactor.headers(keptHeaders(exchange.requestHeaders));
  const answerHeaders = redactor.headers(keptHeaders(exchange.answerHeaders));
  const answerType = exchange.answerHeaders["content-type"] ?? null;
  const requestType = exchange.requestHeaders["content-type"] ?? null;
  const read = () => ({
    requestBody: redactor.body({ text: exchange.requestBody, type: requestType }),
    answerBody: redactor.body({ text: exchange.answerBody, type: answerType }),
    path: redactor.path(exchange.path),
  });
  // The first reading learns what is secret, the second takes it out on both sides.
  read();
  const { requestBody, answerBody, path } = read();
  return {
    request: { method: exchange.method, path, headers: requestHeaders, body: requestBody },
    answer: { status: exchange.status, headers: answerHeaders, body: answerBody },
  };
}

/** Writes the fixture under a name that tells what it is. The file's path. */
export function writeFixture(input: {
  readonly exchange: Exchange;
  readonly redactor: Redactor;
  readonly folder: string;
}): string {
  const { exchange, redactor, folder } = input;
  const fixture = toFixture(exchange, redactor);
  mkdirSync(folder, { recursive: true });
  const [path = ""] = fixture.request.path.split("?");
  const words = path.toLowerCase().match(/[a-z0-9]+/g) ?? ["root"];
  const stem = `${exchange.method.toLowerCase()}-${words.join("-").slice(0, 60)}-${exchange.status}`;
  for (let number = 1; ; number += 1) {
    const file = join(folder, number === 1 ? `${stem}.json` : `${stem}-${number}.json`);
    if (existsSync(file)) continue;
    writeFileSync(file, `${JSON.stringify(fixture, null, 2)}\n`);
    return file;
  }
}

function keptHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !leftOut.has(name.toLowerCase())),
  );
}
