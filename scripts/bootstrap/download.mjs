// Run by the project's own Node, as a program: `node download.mjs <url> <file> [accept]`. That Node
// knows NODE_USE_ENV_PROXY, so HTTPS_PROXY and NO_PROXY hold here as they do for npm, and
// NODE_EXTRA_CA_CERTS as everywhere. Exits 0 with the file written, or 1 with one line of cause.
import { writeFileSync } from "node:fs";

const [url, file, accept] = process.argv.slice(2);
const headersWithinMs = 15_000;
const silenceMsMax = 30_000;

const abort = new AbortController();
let timer = setTimeout(() => abort.abort(), headersWithinMs);
try {
  const answer = await fetch(url, { signal: abort.signal, headers: accept ? { accept } : {} });
  if (!answer.ok) {
    throw new Error(`the server answered ${answer.status} ${answer.statusText}`.trim());
  }
  const pieces = [];
  for await (const piece of answer.body) {
    clearTimeout(timer);
    timer = setTimeout(() => abort.abort(), silenceMsMax);
    pieces.push(piece);
  }
  writeFileSync(file, Buffer.concat(pieces));
} catch (error) {
  const cause = error.name === "AbortError" ? "no answer in time" : error.cause?.message;
  process.stdout.write(String(cause ?? error.message));
  process.exitCode = 1;
} finally {
  clearTimeout(timer);
}
