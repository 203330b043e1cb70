import type { Duplex } from "node:stream";
import { currentApiVersion } from "@usher/api-contract";
import { ApiProblem, toProblem } from "./api-problem.ts";
import { nextRequestId } from "./request-id.ts";
import { continueTrace } from "./trace-context.ts";

/**
 * What is no request yet, because its head cannot be read, is too long or never ends, is refused
 * like everything else: by problem+json. Node would send a bare status line.
 */
export function refuseOnSocket(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) return;
  const requestId = nextRequestId();
  const { traceId } = continueTrace(undefined);
  const problem = toProblem(problemOf(error.code), { path: "", requestId, traceId });
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Cache-Control: no-store",
    "X-Content-Type-Options: nosniff",
    `X-Request-Id: ${requestId}`,
    `Usher-Version: ${currentApiVersion}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

/** Node's codes: https://nodejs.org/api/http.html#event-clienterror */
function problemOf(code: string | undefined): ApiProblem {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return new ApiProblem(
        "headers_too_large",
        "The request line and headers may have 16,384 bytes together. Send fewer or shorter ones.",
      );
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new ApiProblem(
        "sent_too_slowly",
        "The headers have to be there within 10 s, the whole request within 30 s. Send it again.",
      );
    default:
      return new ApiProblem(
        "invalid_request",
        "This cannot be read as an HTTP/1.1 request (RFC 9112). Send it through an HTTP client.",
      );
  }
}
