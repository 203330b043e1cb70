import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import type { NodeEnv } from "../http-answer.ts";
import { HubSpotError } from "../hubspot/hubspot-error.ts";
import { SalesforceError } from "../salesforce/salesforce-error.ts";
import type { SimulatorParts } from "../simulator-parts.ts";
import { StripeError } from "../stripe/stripe-error.ts";
import { perVendor, VENDORS } from "../vendor.ts";
import { addBillingRoutes } from "./billing-routes.ts";
import { ControlError } from "./control-error.ts";
import {
  behaviorInput,
  endpointInput,
  faultInput,
  forgeInput,
  releaseInput,
} from "./control-input.ts";
import { numberOf, readJson, vendorOf, withoutUndefined } from "./control-request.ts";
import { CONTROL_ROUTES } from "./control-routes.ts";
import { addDealRoutes } from "./deal-routes.ts";
import { forgeWebhook } from "./forge-webhook.ts";
import { addHubSpotDealRoutes } from "./hubspot/hubspot-deal-routes.ts";
import { addNetSuiteRoutes } from "./netsuite-routes.ts";
import { addPageRoutes } from "./page/page-routes.ts";
import { summarizeState } from "./state-summary.ts";
import { toFault } from "./to-fault.ts";

const BODY_BYTES_MAX = 64 * 1024 * 1024;

/** `/control/*` for programs and `/` for people. It guards nothing and listens on loopback. */
export function createControlApp(parts: SimulatorParts): Hono<NodeEnv> {
  const { faults, webhooks, traffic } = parts;
  const app = new Hono<NodeEnv>();
  app.onError(explain);
  app.use("/control/*", refuseForeignPages, bodyLimit({ maxSize: BODY_BYTES_MAX }));
  app.use("/ui/*", refuseForeignPages, bodyLimit({ maxSize: 64 * 1024 }));

  app.get("/control", (context) => context.json({ routes: CONTROL_ROUTES }));
  app.get("/control/health", (context) =>
    context.json({
      ok: true,
      now: new Date(parts.now()).toISOString(),
      organization_id: parts.org.settings().organizationId,
    }),
  );
  app.get("/control/state/summary", (context) => context.json(summarizeState(parts)));
  app.post("/control/reset", (context) => {
    parts.reset();
    return context.json({ ok: true });
  });
  app.get("/control/requests", (context) =>
    context.json({
      data: traffic.recent({ vendor: vendorOf(context), limit: numberOf(context, "limit", 100) }),
      counts: perVendor((vendor) => traffic.counts(vendor)),
    }),
  );

  app.get("/control/faults", (context) => context.json({ data: faults.list() }));
  app.post("/control/faults", async (context) => {
    const fault = faults.add(toFault(await readJson(context, faultInput)));
    return context.json(fault, 201);
  });
  app.delete("/control/faults", (context) =>
    context.json({ removed: faults.removeAll(vendorOf(context)) }),
  );
  app.delete("/control/faults/:id", (context) => {
    if (!faults.remove(context.req.param("id")))
      throw new ControlError(404, `No fault ${context.req.param("id")}.`);
    return context.json({ removed: 1 });
  });

  app.get("/control/webhooks", (context) =>
    context.json({
      data: [...webhooks.endpoints.all()],
      behavior: VENDORS.map((vendor) => webhooks.behavior(vendor)),
      pending: perVendor((vendor) => webhooks.pending(vendor)),
      recent: webhooks.recent(100),
    }),
  );
  app.post("/control/webhooks", async (context) => {
    const given = await readJson(context, endpointInput);
    // The same address again is a change of its secret, not a second delivery of everything.
    for (const known of webhooks.endpoints.where("vendor", given.vendor)) {
      if (known.url === given.url) webhooks.removeEndpoint(known.id);
    }
    return context.json(
      webhooks.addEndpoint({ ...given, description: "registered by control", metadata: {} }),
      201,
    );
  });
  app.delete("/control/webhooks/:id", (context) => {
    if (!webhooks.removeEndpoint(context.req.param("id"))) {
      throw new ControlError(404, `No webhook endpoint ${context.req.param("id")}.`);
    }
    return context.json({ removed: 1 });
  });
  app.patch("/control/webhooks/behavior", async (context) => {
    const { vendor, ...given } = await readJson(context, behaviorInput);
    const change = {
      hold: given.hold,
      duplicate: given.duplicate,
      shuffle: given.shuffle,
      shuffleWindowMs: given.shuffle_window_ms,
      delayMs: given.delay_ms,
      retryDelaysMs: given.retry_delays_ms,
      attemptsMax: given.attempts_max,
    };
    return context.json(webhooks.setBehavior(vendor, withoutUndefined(change)));
  });
  app.post("/control/webhooks/release", async (context) => {
    const { vendor } = await readJson(context, releaseInput);
    return context.json({ released: webhooks.release(vendor) });
  });
  app.post("/control/webhooks/forge", async (context) => {
    const { vendor, kind, record_id } = await readJson(context, forgeInput);
    return context.json(await forgeWebhook(parts, { vendor, kind, recordId: record_id }));
  });

  addDealRoutes(app, parts);
  addHubSpotDealRoutes(app, parts);
  addNetSuiteRoutes(app, parts);
  addBillingRoutes(app, parts);
  addPageRoutes(app, parts);
  return app;
}

/** A page of another site must not work the controls of a simulator on this machine. */
async function refuseForeignPages(
  context: Context<NodeEnv>,
  next: () => Promise<void>,
): Promise<Response | undefined> {
  const site = context.req.header("sec-fetch-site");
  if (context.req.method !== "GET" && (site === "cross-site" || site === "same-site")) {
    return context.json({ error: "Requests from other sites' pages are refused." }, 403);
  }
  await next();
  return undefined;
}

function explain(error: Error, context: Context<NodeEnv>): Response {
  if (error instanceof ControlError) return context.json({ error: error.message }, error.status);
  if (error instanceof z.ZodError) {
    const faults = error.issues.map(
      (issue) => `${issue.path.join(".") || "body"}: ${issue.message}`,
    );
    return context.json({ error: faults.join("; "), issues: error.issues }, 422);
  }
  if (error instanceof SalesforceError)
    return context.json({ error: error.message, salesforce: error.items }, 422);
  if (error instanceof StripeError)
    return context.json({ error: error.message, stripe: error.body }, 422);
  if (error instanceof HubSpotError)
    return context.json({ error: error.message, hubspot: error.body }, 422);
  throw error;
}
