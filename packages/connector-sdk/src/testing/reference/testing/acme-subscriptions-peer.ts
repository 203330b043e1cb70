import type { PeerRoutes } from "../../conformance.ts";

const lifeMs = 3 * 24 * 60 * 60 * 1000;

/** Webhook subscriptions of the fake Acme: they end after three days. */
export interface AcmeSubscriptionsPeer {
  readonly routes: PeerRoutes;
  count(): number;
  drop(): void;
}

export function createAcmeSubscriptionsPeer(): AcmeSubscriptionsPeer {
  const living = new Set<string>();
  let made = 0;
  const show = (id: string) => ({ id, expires_at: new Date(Date.now() + lifeMs).toISOString() });
  return {
    count: () => living.size,
    drop: () => living.clear(),
    routes: {
      "POST /v1/subscriptions": () => {
        made += 1;
        const id = `sub-${made}`;
        living.add(id);
        return { status: 201, body: show(id) };
      },
      "POST /v1/subscriptions/:id/renew": ({ params }) => {
        const id = params["id"] ?? "";
        return living.has(id) ? { body: show(id) } : { status: 404, body: { code: "not_found" } };
      },
    },
  };
}
