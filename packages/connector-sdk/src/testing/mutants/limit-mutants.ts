import type { Mutant } from "./mutant.ts";
import { changed, tamperWire } from "./tamper.ts";

export const limitMutants: readonly Mutant[] = [
  {
    check: 33,
    fault: "Retry-After is not read",
    dependencies: tamperWire(() => async (_, send) => {
      const response = await send();
      const headers = new Headers(response.headers);
      headers.delete("retry-after");
      return new Response(response.body, { status: response.status, headers });
    }),
  },
  {
    check: 34,
    fault: "a used-up quota is called a missing right",
    dependencies: tamperWire(() => async (_, send) => {
      const response = await send();
      if (response.status !== 403) return response;
      return changed(response, { body: (text) => text.replace("daily_quota", "forbidden") });
    }),
  },
  {
    check: 35,
    fault: "a read that is answered 5xx is sent again at once",
    dependencies: tamperWire(() => async ({ method }, send) => {
      const response = await send();
      if (method !== "GET" || response.status < 500) return response;
      await response.body?.cancel();
      return send();
    }),
  },
  {
    check: 36,
    fault: "every status that is not known is worth a retry",
    dependencies: tamperWire(() => async (_, send) => {
      const response = await send();
      return [418, 499].includes(response.status) ? changed(response, { status: 503 }) : response;
    }),
  },
  {
    check: 37,
    fault: "the caller's cancellation does not reach the socket",
    system(system) {
      const { crm } = system;
      if (crm === null) return system;
      const { signal } = new AbortController();
      return {
        ...system,
        crm: {
          ...crm,
          readDeals: (input, context) => crm.readDeals(input, { ...context, signal }),
        },
      };
    },
  },
  {
    check: 38,
    fault: "an answer that does not parse is taken for an empty one",
    dependencies: tamperWire(() => async ({ method }, send) => {
      const response = await send();
      if (method !== "GET" || !response.ok) return response;
      return changed(response, { body: (text) => (isJson(text) ? text : '{"deals":[]}') });
    }),
  },
];

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
