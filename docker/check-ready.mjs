// Health check of a container whose image has neither curl nor wget.
const [, , url] = process.argv;
const answer = await fetch(url, { signal: AbortSignal.timeout(4_000) });
if (!answer.ok) {
  console.error(`${url} answered ${answer.status}: ${await answer.text()}`);
  process.exitCode = 1;
}
