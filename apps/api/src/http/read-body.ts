import { isUtf8 } from "node:buffer";
import { ApiProblem } from "./api-problem.ts";

/**
 * The body's bytes, counted while they arrive: a chunked body has no Content-Length to believe, and
 * a given one may lie. Past `bytesMax` reading stops at once and throws `body_too_large`.
 */
export async function readBody({
  request,
  bytesMax,
}: {
  readonly request: Request;
  readonly bytesMax: number;
}): Promise<Uint8Array> {
  const announced = Number(request.headers.get("content-length") ?? "0");
  if (announced > bytesMax) throw tooLarge(bytesMax);
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let total = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    total += value.byteLength;
    // Not cancelled: that would cut the connection before the refusal is on it.
    if (total > bytesMax) throw tooLarge(bytesMax);
    chunks.push(value);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, total);
}

export function tooLarge(bytesMax: number): ApiProblem {
  return new ApiProblem(
    "body_too_large",
    `The body may have ${bytesMax.toLocaleString("en-US")} bytes at most. Send less at a time.`,
  );
}

/** Text of a JSON body. RFC 8259 §8.1: UTF-8, nothing else. */
export function decodeUtf8(bytes: Uint8Array): string {
  // Checking and decoding apart is several times faster than a strict TextDecoder.
  if (!isUtf8(bytes)) {
    throw new ApiProblem(
      "malformed_json",
      "The body is not UTF-8. Send the JSON text as UTF-8, uncompressed.",
    );
  }
  const buffer =
    bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString("utf8");
}
