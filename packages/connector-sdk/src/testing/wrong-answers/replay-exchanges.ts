import { type Exchange, requestOf, toResponse, type WireAnswer } from "./exchange.ts";

/** What was asked of a peer that answers as recorded, save for one answer. */
export interface Replay {
  readonly fetch: typeof fetch;
  readonly requests: readonly URL[];
}

/** How the peer answers what it was never asked before. */
const unknownPage: WireAnswer = {
  status: 404,
  headers: { "content-type": "text/html" },
  text: "<!doctype html><title>Not found</title>",
};

/**
 * Answers from memory, each request as it was answered before, the one at `wrongAt` by `wrong`, as
 * often as it is asked: a vendor whose answers are wrong does not get better by being asked again.
 * From `requestsMax` requests on nothing is answered, so that a loop ends.
 */
export function replayExchanges(input: {
  readonly exchanges: readonly Exchange[];
  readonly wrongAt: number;
  readonly wrong: () => Response;
  readonly requestsMax: number;
}): Replay {
  const { exchanges, wrongAt, wrong, requestsMax } = input;
  const requests: URL[] = [];
  const used = new Set<number>();

  function find(given: Omit<Exchange, "answer">): number {
    const isSamePlace = ({ method, url }: Exchange) =>
      method === given.method && url.pathname === given.url.pathname;
    const isSame = (one: Exchange) =>
      isSamePlace(one) && one.url.search === given.url.search && one.body === given.body;
    const next = (matches: (one: Exchange) => boolean) =>
      exchanges.findIndex((one, index) => !used.has(index) && matches(one));
    const fresh = next(isSame);
    if (fresh !== -1) return fresh;
    const again = exchanges.findLastIndex(isSame);
    if (again !== -1) return again;
    const alike = next(isSamePlace);
    return alike === -1 ? exchanges.findLastIndex(isSamePlace) : alike;
  }

  return {
    requests,
    fetch: (given, init = {}) => {
      const request = requestOf(given, init);
      requests.push(request.url);
      if (requests.length > requestsMax) return Promise.reject(new Error("asked without an end"));
      const index = find(request);
      used.add(index);
      if (index === wrongAt) return Promise.resolve(wrong());
      return Promise.resolve(toResponse(exchanges[index]?.answer ?? unknownPage));
    },
  };
}
