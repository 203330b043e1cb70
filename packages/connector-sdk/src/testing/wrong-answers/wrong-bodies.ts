import { toResponse, type WireAnswer } from "./exchange.ts";

/** A whole answer that is not what was asked for. */
export interface WrongBody {
  readonly name: string;
  readonly answer: () => Response;
}

const json = { "content-type": "application/json" };
const mebibyte = "x".repeat(1024 * 1024);
/** More than any connector's cap on answers. */
const hugeMebibytes = 64;

export function wrongBodiesOf(answer: WireAnswer, url: URL): readonly WrongBody[] {
  const { status, headers, text } = answer;
  const instead = (name: string, body: string, change: Partial<WireAnswer> = {}): WrongBody => ({
    name,
    answer: () => toResponse({ status, headers: { ...headers, ...json }, text: body, ...change }),
  });
  return [
    instead("a page of HTML", "<!doctype html><title>Sign in</title>", {
      status: 200,
      headers: { "content-type": "text/html" },
    }),
    instead("a 404 of HTML", "<!doctype html><title>Not here</title>", {
      status: 404,
      headers: { "content-type": "text/html" },
    }),
    instead("no body", ""),
    instead("half a body", text.slice(0, Math.floor(text.length / 2))),
    ...["null", "[]", "{}", "[[]]", "42", "true", '"text"'].map((body) => instead(body, body)),
    instead("an error with status 200", '{"error":{"code":"down","message":"Maintenance"}}', {
      status: 200,
    }),
    instead("a list of errors with status 200", '[{"errorCode":"DOWN","message":"Maintenance"}]', {
      status: 200,
    }),
    instead("an error with status 200 and no content", '{"error":null}', { status: 200 }),
    instead("nesting without an end", "[".repeat(200_000)),
    instead("nesting beyond any stack", `${"[".repeat(200_000)}${"]".repeat(200_000)}`),
    instead("a status nobody documented", "", { status: 299 }),
    {
      name: "a body without an end",
      answer: () => new Response(endlessBody(), { status: 200, headers: json }),
    },
    instead("a redirect to a foreign host", "", {
      status: 302,
      headers: { location: "https://foreign.example/steal" },
    }),
    instead("a redirect in circles", "", { status: 307, headers: { location: url.href } }),
    instead("a redirect to nowhere", "", { status: 302, headers: { location: "http://" } }),
    ...("location" in headers
      ? ["https://foreign.example/steal", "", "../../", "?x"].map((location) =>
          instead(`location: ${location}`, text, { headers: { ...headers, location } }),
        )
      : []),
  ];
}

function endlessBody(): ReadableStream<Uint8Array> {
  const chunk = new TextEncoder().encode(mebibyte);
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      sent += 1;
      if (sent > hugeMebibytes) controller.close();
      else controller.enqueue(chunk);
    },
  });
}
