/** A request of a connector, and what its peer answered. */
export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
  readonly answer: WireAnswer;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Of a body as it travels, not of what it says: a recorded answer is plain text of another length. */
const travelHeaders = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "keep-alive",
  "transfer-encoding",
]);

/** `fetch`, and everything that went through it. */
export function recordExchanges(): {
  readonly fetch: typeof fetch;
  readonly exchanges: readonly Exchange[];
} {
  const exchanges: Exchange[] = [];
  return {
    exchanges,
    async fetch(input, init = {}) {
      const response = await fetch(input, init);
      const text = await response.text();
      const headers = Object.fromEntries(
        [...response.headers].filter(([name]) => !travelHeaders.has(name)),
      );
      const { status } = response;
      const answer = { status, headers, text };
      exchanges.push({ ...requestOf(input, init), answer });
      return toResponse(answer);
    },
  };
}

export function requestOf(
  input: Parameters<typeof fetch>[0],
  init: RequestInit,
): Omit<Exchange, "answer"> {
  return {
    method: init.method ?? "GET",
    url: new URL(input instanceof Request ? input.url : String(input)),
    body: typeof init.body === "string" ? init.body : "",
  };
}

export function toResponse({ status, headers, text }: WireAnswer): Response {
  const hasBody = status !== 204 && status !== 304;
  return new Response(hasBody ? text : null, { status, headers });
}
