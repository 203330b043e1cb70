import type { IncomingMessage, ServerResponse } from "node:http";

/** Time for the sender to read the refusal before its connection is cut. */
const lingerMs = 500;

/**
 * An answer that came before the whole request was there means: no more of it. Reading stops at
 * once, so that the network holds the sender back, and the connection is cut a moment later. It is
 * not cut at the same time: a reset would take the answer away from the sender as well. That is
 * why such an answer may not say `Connection: close`, upon which Node cuts at once.
 */
export function stopReadingAfterAnswer(request: IncomingMessage, response: ServerResponse): void {
  // Node reads a body that nobody has begun to read to its end, however long it is.
  request.read(0);
  response.once("finish", () => {
    if (request.complete) return;
    request.removeAllListeners("data");
    request.pause();
    setTimeout(() => request.destroy(), lingerMs).unref();
  });
}
