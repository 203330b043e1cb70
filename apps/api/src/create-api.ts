import type { IncomingMessage, ServerResponse } from "node:http";
import type { OperationId, RouteDescription } from "@usher/api-contract";
import { routes } from "@usher/api-contract";
import type { Listener } from "@usher/database";
import { Hono } from "hono";
import { type ApiDependencies, defaultLimits } from "./api-dependencies.ts";
import { createApiKeyCache } from "./auth/api-key-cache.ts";
import { createKeyUseRecorder } from "./auth/key-use-recorder.ts";
import { listenForKeys } from "./auth/listen-for-keys.ts";
import { createCheckDoor } from "./check/check-door.ts";
import { createNodeCheckListener } from "./check/node-check-listener.ts";
import { createRightsFeed } from "./check/rights-feed.ts";
import { createRouteHandlers } from "./create-route-handlers.ts";
import { answerRequest } from "./http/answer-request.ts";
import { ApiProblem } from "./http/api-problem.ts";
import { createBackgroundWork } from "./http/background-work.ts";
import { refuseOtherMethods } from "./http/method-not-allowed.ts";
import { createRateLimiter } from "./http/rate-limiter.ts";
import type { ServeDependencies } from "./http/serve-dependencies.ts";
import { serveRoute } from "./http/serve-route.ts";
import { listenForConnections } from "./inbound/listen-for-connections.ts";
import { createWebhookConnections } from "./inbound/webhook-connections.ts";
import { createApiMetrics } from "./observability/api-metrics.ts";
import { errorPagesFolder, readErrorPages } from "./pages/error-pages.ts";
import { mountPages } from "./pages/mount-pages.ts";
import { createReadinessProbes } from "./readiness-probes.ts";
import { checkOverHono } from "./routes/check/check-routes.ts";
import { createEagerDelivery } from "./routes/order/eager-delivery.ts";
import { createPublishedCatalogCache } from "./routes/order/published-catalog-cache.ts";
import { createTenantSigners } from "./token/tenant-signers.ts";

/** The hub's HTTP side: every route of the contract, the pages, and what keeps them fed. */
export interface Api {
  readonly app: Hono;
  /** Takes checks from Node's server before Hono sees them; true when it did. */
  readonly takeCheck: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Reads the migrations, loads the check table, listens for changes. Requests before it are answered, checks with 503. */
  start(): Promise<void>;
  /** Writes what is gathered before it is written, such as the last uses of keys. */
  flush(): Promise<void>;
  /** Lets running work end, writes what was gathered, stops listening. The database stays open. */
  close(): Promise<void>;
}

export function createApi(deps: ApiDependencies): Api {
  const limits = { ...defaultLimits, ...deps.limits };
  const feed = createRightsFeed(deps);
  const metrics = createApiMetrics({
    feedLagMs: () => feed.freshness(deps.clock()).lagMs,
    checkTableSize: () => feed.entitlements,
  });
  const background = createBackgroundWork(deps.log);
  const uses = createKeyUseRecorder({ database: deps.database, log: deps.log });
  const keys = createApiKeyCache({ directory: deps.database.directory, clock: deps.clock });
  const delivery = createEagerDelivery({ database: deps.database, temporal: deps.temporal });
  const webhooks = createWebhookConnections(deps);
  const serve: ServeDependencies = {
    database: deps.database,
    log: deps.log,
    clock: deps.clock,
    keys,
    uses,
    background,
    requestTimeoutMs: limits.requestTimeoutMs,
    limiter: createRateLimiter({
      name: "requests",
      requestsMax: limits.requestsPerSecond,
      windowMs: 1_000,
    }),
    checkLimiter: createRateLimiter({
      name: "checks",
      requestsMax: limits.checksPerSecond,
      windowMs: 1_000,
    }),
  };
  const catalogs = createPublishedCatalogCache();
  const signers = createTenantSigners(deps);
  const handlers = createRouteHandlers({
    ...deps,
    background,
    catalogs,
    delivery,
    metrics,
    signers,
    webhooks,
    probes: createReadinessProbes({ ...deps, feed }),
    feed,
  });
  const door = createCheckDoor({ deps: serve, feed, metrics, database: deps.database });

  const app = new Hono({ strict: true });
  const answering = {
    log: deps.log,
    metrics,
    clock: deps.clock,
    requestTimeoutMs: limits.requestTimeoutMs,
  };
  const methodsByPath = new Map<string, string[]>();
  for (const handler of handlers) {
    const route: RouteDescription = routes[handler.id as OperationId];
    const path = route.path.replaceAll(/\{(\w+)\}/g, ":$1");
    methodsByPath.set(path, [...(methodsByPath.get(path) ?? []), route.method]);
    app.on(route.method.toUpperCase(), path, (context) =>
      answerRequest({
        deps: answering,
        context,
        operation: route.operationId,
        serve: (request) => serveRoute({ deps: serve, route, handler, context, request }),
      }),
    );
  }
  for (const [route, kind] of [
    [routes.check, "one"],
    [routes.checkBatch, "batch"],
  ] as const) {
    methodsByPath.set(route.path, [route.method]);
    app.post(route.path, checkOverHono(door, kind));
  }
  const pageMethods = mountPages({
    app,
    deps: { ...deps, keys, delivery, background, errorPages: readErrorPages(errorPagesFolder) },
    answer: (context, operation, serve) =>
      answerRequest({ deps: answering, context, operation, serve }),
  });
  for (const [path, methods] of pageMethods) methodsByPath.set(path, [...methods]);
  refuseOtherMethods({
    app,
    methodsByPath,
    answer: (context, refuse) =>
      answerRequest({ deps: answering, context, operation: "other_method", serve: refuse }),
  });
  app.notFound((context) =>
    answerRequest({
      deps: answering,
      context,
      operation: "no_route",
      serve: () => {
        throw new ApiProblem("not_found", "There is no such path. /docs lists the ones there are.");
      },
    }),
  );

  const listeners: Listener[] = [];
  return {
    app,
    takeCheck: createNodeCheckListener(door),
    async start() {
      const { database, log } = deps;
      // A start that failed halfway is tried again.
      for (const listener of listeners.splice(0)) await listener.close();
      listeners.push(await listenForKeys({ database, keys, log }));
      listeners.push(await listenForConnections({ database, webhooks, log }));
      await feed.start();
    },
    flush: () => uses.flush(),
    async close() {
      for (const listener of listeners) await listener.close();
      await feed.close();
      await background.drain();
      await delivery.drain();
      await uses.close();
      await webhooks.close();
    },
  };
}
