import { describe, expect, expectTypeOf, it } from "vitest";
import type { WireOrder, WireOrderEvent } from "../wire-types.ts";
import { createUsherClient, UsherProblem } from "./create-usher-client.ts";

function aClient(answer: (request: Request) => Response) {
  const asked: Request[] = [];
  const client = createUsherClient({
    baseUrl: "http://hub.test/",
    apiKey: "usher_sk_abc",
    fetch: async (request) => {
      asked.push(request);
      return answer(request);
    },
  });
  return { client, asked };
}

describe("the client", () => {
  it("sends the key, the version and the path, and hands the typed answer back", async () => {
    const { client, asked } = aClient(() => Response.json({ id: "ord_1", status: "Active" }));
    const answer = await client.call("getOrder", { path: { id: "ord 1" } });
    if (!answer.ok) throw new Error("unexpected refusal");
    expectTypeOf(answer.data).toEqualTypeOf<WireOrder>();
    expect(answer.data.status).toBe("Active");
    expect(asked[0]?.url).toBe("http://hub.test/v1/orders/ord%201");
    expect(asked[0]?.headers.get("authorization")).toBe("Bearer usher_sk_abc");
    expect(asked[0]?.headers.get("usher-version")).toBe("2026-11-24");
  });

  it("answers a refusal as a problem, not as an exception", async () => {
    const { client } = aClient(() =>
      Response.json({ code: "not_found", status: 404 }, { status: 404 }),
    );
    const answer = await client.call("check", { body: { customer: "ext:1", feature: "sso" } });
    expect(answer).toMatchObject({ ok: false, status: 404, problem: { code: "not_found" } });
  });

  it("says so when what answers is not the hub", async () => {
    const { client } = aClient(() => new Response("<html>", { status: 502 }));
    await expect(client.call("getCatalog")).rejects.toThrow("is there a proxy in between?");
  });

  it("walks all pages of a list", async () => {
    const { client, asked } = aClient((request) => {
      const isLast = new URL(request.url).searchParams.get("cursor") === "c2";
      return Response.json({
        data: [{ sequence: isLast ? 2 : 1 }],
        has_more: !isLast,
        next_cursor: isLast ? null : "c2",
      });
    });
    const seen: WireOrderEvent[] = [];
    for await (const event of client.each("listOrderEvents", {
      path: { id: "ord_1" },
      query: { limit: 1 },
    }))
      seen.push(event);
    expect(seen.map((event) => event.sequence)).toEqual([1, 2]);
    expect(asked.map((request) => new URL(request.url).search)).toEqual([
      "?limit=1",
      "?limit=1&cursor=c2",
    ]);
  });

  it("stops walking with the problem when a page is refused", async () => {
    const { client } = aClient(() =>
      Response.json({ code: "missing_scope", title: "No", detail: "…" }, { status: 403 }),
    );
    await expect(client.each("listOrders").next()).rejects.toBeInstanceOf(UsherProblem);
  });

  it("does not compile without what an operation needs", () => {
    const { client } = aClient(() => Response.json({}));
    // @ts-expect-error createOrder needs an Idempotency-Key
    const withoutKey = () => client.call("createOrder", { body: {} as never });
    // @ts-expect-error getOrder needs a path
    const withoutPath = () => client.call("getOrder");
    // @ts-expect-error listOrders has no such filter
    const unknownFilter = () => client.call("listOrders", { query: { color: "red" } });
    expect([withoutKey, withoutPath, unknownFilter]).toHaveLength(3);
  });
});
