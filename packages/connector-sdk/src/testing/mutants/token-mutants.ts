import type { StoredTokens, TokenStore } from "../../spec/index.ts";
import type { Mutant } from "./mutant.ts";
import { changed, tamperWire } from "./tamper.ts";

const isToken = (url: URL) => url.pathname === "/oauth/token";

export const tokenMutants: readonly Mutant[] = [
  {
    check: 8,
    fault: "after a refresh the request is replayed twice",
    dependencies: tamperWire(() => {
      let isRefreshed = false;
      return async ({ url, method }, send) => {
        const response = await send();
        if (isToken(url)) isRefreshed = true;
        else if (isRefreshed && response.ok && method === "GET") {
          isRefreshed = false;
          await response.body?.cancel();
          return send();
        }
        return response;
      };
    }),
    // The first token of a connection is no refresh: its read is the warming up, which nobody counts.
  },
  {
    check: 9,
    fault: "refused credentials are tried again and again",
    system(system) {
      const { crm } = system;
      if (crm === null) return system;
      const readDeals: typeof crm.readDeals = async (input, context) => {
        for (let attempt = 1; ; attempt += 1) {
          try {
            return await crm.readDeals(input, context);
          } catch (error) {
            const { category } = (error as { detail: { category: string } }).detail;
            if (category !== "auth_invalid" || attempt === 3) throw error;
          }
        }
      };
      return { ...system, crm: { ...crm, readDeals } };
    },
  },
  {
    check: 10,
    fault: "each of several parallel calls refreshes for itself",
    dependencies: tamperWire(() => {
      const refused = new Set<string>();
      let grant: RequestInit | null = null;
      return async ({ url, init }, send) => {
        const response = await send();
        if (isToken(url)) grant = init;
        const token = new Headers(init.headers).get("authorization") ?? "";
        if (response.status === 401 && refused.has(token) && grant !== null) {
          const again = await send({ url: new URL("/oauth/token", url), init: grant });
          await again.body?.cancel();
        }
        if (response.status === 401) refused.add(token);
        return response;
      };
    }),
  },
  {
    check: 11,
    fault: "the refresh token is kept in memory, and whoever else spends it wins",
    dependencies: (given) =>
      given.tokens === undefined ? given : { ...given, tokens: forgetful(given.tokens) },
  },
  {
    check: 12,
    fault: "a login server that is down is called bad credentials",
    dependencies: tamperWire(() => async ({ url }, send) => {
      const response = await send();
      if (!isToken(url) || response.status < 500) return response;
      return changed(response, { status: 400, body: () => '{"error":"invalid_grant"}' });
    }),
  },
];

/** Reads the store once, and from then on goes by what it remembers. */
function forgetful(store: TokenStore): TokenStore {
  let own: StoredTokens | null = null;
  return {
    async read() {
      own ??= await store.read();
      return own;
    },
    async exchange(renew) {
      const renewed = await renew(own ?? (await store.read()));
      own = renewed;
      return store.exchange(async () => renewed);
    },
  };
}
