import type { Checkpoint } from "../../spec/index.ts";
import { isConnectorError } from "../../spec/index.ts";
import type { Mutant } from "./mutant.ts";
import { changed, tamperPort, tamperWire } from "./tamper.ts";

interface ChangesBody {
  deals: { id: string; modified_at: string }[];
  has_more: boolean;
  server_time: string;
}

const isChanges = (url: URL) => url.pathname === "/v1/changes";
const withBody = (change: (body: ChangesBody) => ChangesBody) => ({
  body: (text: string) => JSON.stringify(change(JSON.parse(text) as ChangesBody)),
});

/** Below what a query by offset may reach. */
const offsetMax = 10;

export const readingMutants: readonly Mutant[] = [
  {
    check: 13,
    fault: "a page shorter than asked for is taken for the last one",
    dependencies: tamperWire(() => async ({ url }, send) => {
      const response = await send();
      if (!isChanges(url) || !response.ok) return response;
      const limit = Number(url.searchParams.get("limit"));
      return changed(
        response,
        withBody((body) => ({ ...body, has_more: body.has_more && body.deals.length >= limit })),
      );
    }),
  },
  {
    check: 14,
    fault: "pages are counted by offset, so that a row that goes takes another one with it",
    dependencies: tamperWire(() => {
      let pass: URL | null = null;
      let offset = 0;
      return async ({ url }, send) => {
        if (!isChanges(url)) return send();
        if (!url.searchParams.has("after") || pass === null || offset >= offsetMax) {
          pass = new URL(url);
          offset = 0;
        }
        const asked = new URL(pass);
        if (offset > 0) asked.searchParams.set("offset", String(offset));
        const response = await send({ url: asked });
        if (!response.ok) return response;
        const text = await response.clone().text();
        offset += (JSON.parse(text) as ChangesBody).deals.length;
        return response;
      };
    }),
  },
  {
    check: 15,
    fault: "between two pages the position is in the process's memory only",
    system(system) {
      const { crm } = system;
      if (crm === null) return system;
      const positions = new Map<string, Checkpoint>();
      return {
        ...system,
        crm: {
          ...crm,
          async readChanges({ checkpoint }, context) {
            const name = String(checkpoint?.["page"] ?? "");
            const isOurs = checkpoint !== null && "page" in checkpoint;
            const from = isOurs ? (positions.get(name) ?? null) : checkpoint;
            const page = await crm.readChanges({ checkpoint: from }, context);
            if (!page.hasMore) return page;
            const next = `${positions.size + 1}`;
            positions.set(next, page.checkpoint);
            return { ...page, checkpoint: { page: next } };
          },
        },
      };
    },
  },
  {
    check: 16,
    fault: "pages go on by the stamp alone, so that rows of one stamp are read forever",
    dependencies: tamperWire(() => {
      let seen = new Set<string>();
      return async ({ url }, send) => {
        if (!isChanges(url)) return send();
        const asked = new URL(url);
        if (asked.searchParams.has("after")) asked.searchParams.delete("after");
        else seen = new Set();
        const limit = Number(url.searchParams.get("limit"));
        asked.searchParams.set("limit", String(limit + 1));
        const response = await send({ url: asked });
        if (!response.ok) return response;
        return changed(
          response,
          withBody((body) => {
            const fresh = body.deals.filter(({ id }) => !seen.has(id)).slice(0, limit);
            for (const { id } of fresh) seen.add(id);
            const [only] = body.deals;
            const deals =
              fresh.length === 0 && body.has_more && only !== undefined ? [only] : fresh;
            const isRest = body.deals.some(({ id }) => !seen.has(id));
            return { ...body, deals, has_more: body.has_more || isRest };
          }),
        );
      };
    }),
  },
  {
    check: 17,
    fault: "a pass overlaps the last one by less than rows may be late",
    dependencies: tamperWire(() => async ({ url }, send) => {
      const since = url.searchParams.get("since");
      const response = await send();
      const isNewPass = isChanges(url) && since !== null && !url.searchParams.has("after");
      if (!isNewPass || !response.ok) return response;
      await response.body?.cancel();
      const asked = new URL(url);
      asked.searchParams.set("since", new Date(Date.parse(since) + 45_000).toISOString());
      return send({ url: asked });
    }),
  },
  {
    check: 18,
    fault: "the rows of the overlap are announced on every read",
    system: tamperPort("crm", (crm) => ({
      readChanges: ({ checkpoint }, context) =>
        crm.readChanges(
          { checkpoint: checkpoint && Object.fromEntries(Object.entries(checkpoint).reverse()) },
          context,
        ),
    })),
  },
  {
    check: 19,
    fault: "a damaged checkpoint is read as the beginning",
    system: tamperPort("crm", (crm) => ({
      readChanges: ({ checkpoint }, context) =>
        crm.readChanges({ checkpoint }, context).catch((error: unknown) => {
          if (isConnectorError(error) && error.detail.category === "config") {
            return crm.readChanges({ checkpoint: null }, context);
          }
          throw error;
        }),
    })),
  },
  {
    check: 20,
    fault: "one query is paged to its end, which the vendor cuts off without a word",
    dependencies: tamperWire(() => {
      let pass: URL | null = null;
      return async ({ url }, send) => {
        if (!isChanges(url)) return send();
        if (!url.searchParams.has("after") || pass === null) {
          pass = new URL(url);
          return send();
        }
        const asked = new URL(pass);
        const position = [url.searchParams.get("since"), url.searchParams.get("after")];
        asked.searchParams.set("cursor", position.join("|"));
        return send({ url: asked });
      };
    }),
  },
  {
    check: 21,
    fault: "a deleted deal fails the whole read",
    system: tamperPort("crm", (crm) => ({
      async readDeals({ dealIds }, context) {
        const deals = await crm.readDeals({ dealIds }, context);
        const gone = dealIds.find((id) => !deals.some((deal) => deal.id === id));
        if (gone !== undefined) throw new Error(`deal ${gone} is gone`);
        return deals;
      },
    })),
  },
  {
    check: 22,
    fault: "a field that nobody documented is refused",
    dependencies: tamperWire(() => async (_, send) => {
      const response = await send();
      return changed(response, {
        body: (text) => (text.includes("zz_unknown_to_everybody") ? '{"deals":"?"}' : text),
      });
    }),
  },
  {
    check: 23,
    fault: "a price is a number, rounded to cents",
    system: tamperPort("crm", (crm) => ({
      readDeals: async (input, context) =>
        (await crm.readDeals(input, context)).map((deal) => ({
          ...deal,
          lines: deal.lines.map((line) => ({
            ...line,
            unitPrice: String(Math.round(Number(line.unitPrice) * 100) / 100),
          })),
        })),
    })),
  },
  {
    check: 46,
    fault: "from a forgotten position it goes on from now",
    dependencies: tamperWire(() => async ({ url }, send) => {
      const response = await send();
      if (response.status !== 410 || !isChanges(url)) return response;
      const server_time = new Date().toISOString();
      return changed(response, {
        status: 200,
        body: () => JSON.stringify({ deals: [], has_more: false, server_time }),
      });
    }),
  },
];
