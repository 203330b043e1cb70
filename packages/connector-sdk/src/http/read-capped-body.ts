/** The body went over the cap; the rest of it was not read. */
export class BodyTooLargeError extends Error {
  override readonly name = "BodyTooLargeError";
}

/**
 * The body as text, read only up to `bytesMax`: the length is checked as announced and again as it
 * arrives, since a peer may announce nothing or lie. Over the cap the connection is dropped.
 */
export async function readCappedBody(input: {
  readonly response: Response;
  readonly bytesMax: number;
}): Promise<string> {
  const { response, bytesMax } = input;
  if (response.body === null) return "";
  const announced = Number(response.headers.get("content-length") ?? 0);
  if (announced > bytesMax) {
    await response.body.cancel();
    throw new BodyTooLargeError(`announced ${announced} bytes, at most ${bytesMax} are read`);
  }
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > bytesMax) {
      await reader.cancel();
      throw new BodyTooLargeError(`more than ${bytesMax} bytes`);
    }
    text += decoder.decode(value, { stream: true });
  }
}
