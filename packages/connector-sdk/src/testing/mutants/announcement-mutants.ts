import type { BillingConnector } from "../../spec/index.ts";
import { isConnectorError } from "../../spec/index.ts";
import type { Mutant } from "./mutant.ts";
import { changed, tamperPort, tamperWire } from "./tamper.ts";

/** Acme announces: its port has the method. */
function readOf(billing: BillingConnector) {
  const { readAnnouncements } = billing;
  if (readAnnouncements === undefined) throw new Error("the reference connector announces");
  return readAnnouncements;
}

export const announcementMutants: readonly Mutant[] = [
  {
    check: 51,
    fault: "the first page of the log is taken for all of it",
    system: tamperPort("billing", (billing) => ({
      async readAnnouncements(input, context) {
        const page = await readOf(billing)(input, context);
        return page.events.length === 0 ? page : { ...page, hasMore: false };
      },
    })),
  },
  {
    check: 52,
    fault: "a pass overlaps the last one by less than events may be late",
    dependencies: tamperWire(() => async ({ url }, send) => {
      const since = url.searchParams.get("since");
      const response = await send();
      const isNewPass = url.pathname === "/v1/bill_events" && !url.searchParams.has("after");
      if (!isNewPass || since === null || !response.ok) return response;
      await response.body?.cancel();
      const asked = new URL(url);
      asked.searchParams.set("since", new Date(Date.parse(since) + 45_000).toISOString());
      return send({ url: asked });
    }),
  },
  {
    check: 53,
    fault: "what was read once is not brought again, stored or not",
    system: tamperPort("billing", (billing) => {
      const read = new Set<string>();
      return {
        async readAnnouncements(input, context) {
          const page = await readOf(billing)(input, context);
          const events = page.events.filter(({ eventId }) => !read.has(eventId));
          for (const { eventId } of events) read.add(eventId);
          return { ...page, events };
        },
      };
    }),
  },
  {
    check: 54,
    fault: "a damaged checkpoint is read as from now on",
    system: tamperPort("billing", (billing) => ({
      readAnnouncements: (input, context) =>
        readOf(billing)(input, context).catch((error: unknown) => {
          if (isConnectorError(error) && error.detail.category === "config") {
            return readOf(billing)({ checkpoint: null }, context);
          }
          throw error;
        }),
    })),
  },
  {
    check: 55,
    fault: "from a forgotten position it goes on from now",
    dependencies: tamperWire(() => async ({ url }, send) => {
      const response = await send();
      if (response.status !== 410 || url.pathname !== "/v1/bill_events") return response;
      const server_time = new Date().toISOString();
      return changed(response, {
        status: 200,
        body: () => JSON.stringify({ events: [], has_more: false, server_time }),
      });
    }),
  },
];
