import type { Hono } from "hono";
import type { NodeEnv } from "../../http-answer.ts";
import type { ObjectRow, Portal } from "../../hubspot/portal.ts";
import { archiveObject } from "../../hubspot/write-object.ts";
import type { SimulatorParts } from "../../simulator-parts.ts";
import {
  bulkInput,
  deleteAccountInput,
  editDealInput,
  portalSettingsInput,
  winDealInput,
} from "../control-input.ts";
import { numberOf, readJson, withoutUndefined } from "../control-request.ts";
import { deleteCompanyOf, editHubSpotDeal } from "./edit-hubspot-deal.ts";
import { beginHubSpotEdit, livingHubSpotDeal } from "./hubspot-edit.ts";
import { loadHubSpotPipeline } from "./load-hubspot-pipeline.ts";
import { showHubSpotDeal } from "./show-hubspot-deal.ts";
import { winHubSpotDeal } from "./win-hubspot-deal.ts";

/** `/control/hubspot/*`: what people do in the portal, and how it is set up. Bodies are those of `/control/salesforce`. */
export function addHubSpotDealRoutes(app: Hono<NodeEnv>, parts: SimulatorParts): void {
  const { portal } = parts;
  const edited = (id: string, change: Record<string, unknown>) =>
    showHubSpotDeal(portal, editHubSpotDeal(parts, id, editDealInput.parse(change)));

  app.post("/control/hubspot/deals", async (context) => {
    const row = winHubSpotDeal(parts, await readJson(context, winDealInput));
    const deal = showHubSpotDeal(portal, row);
    return context.json({ ...deal, deal_id: deal.id, account_id: deal.account?.id ?? null }, 201);
  });
  app.get("/control/hubspot/deals", (context) => {
    const [offset, limit] = [numberOf(context, "offset", 0), numberOf(context, "limit", 50)];
    const found = findHubSpotDeals(portal, {
      text: context.req.query("q"),
      status: context.req.query("status"),
    });
    return context.json({
      data: found.slice(offset, offset + limit).map((row) => showHubSpotDeal(portal, row)),
      total: found.length,
      has_more: offset + limit < found.length,
    });
  });
  app.get("/control/hubspot/deals/:id", (context) => {
    const row = portal.table("deals").get(context.req.param("id"));
    return context.json(
      showHubSpotDeal(portal, row ?? livingHubSpotDeal(portal, context.req.param("id"))),
    );
  });
  app.patch("/control/hubspot/deals/:id", async (context) => {
    const given = await readJson(context, editDealInput);
    return context.json(
      showHubSpotDeal(portal, editHubSpotDeal(parts, context.req.param("id"), given)),
    );
  });
  app.post("/control/hubspot/deals/:id/reopen", (context) =>
    context.json(edited(context.req.param("id"), { stage: "Negotiation/Review" })),
  );
  app.post("/control/hubspot/deals/:id/win", (context) =>
    context.json(edited(context.req.param("id"), { stage: "Closed Won" })),
  );
  app.post("/control/hubspot/deals/:id/delete_account", async (context) => {
    const id = context.req.param("id");
    deleteCompanyOf(parts, id, (await readJson(context, deleteAccountInput)).deals);
    const row = portal.table("deals").get(id);
    return context.json(row === undefined ? { ok: true } : showHubSpotDeal(portal, row));
  });
  app.delete("/control/hubspot/deals/:id", (context) => {
    const { id } = livingHubSpotDeal(portal, context.req.param("id"));
    portal.store.transact(() => archiveObject(beginHubSpotEdit(parts), "deals", id));
    return context.json({ removed: 1 });
  });
  app.post("/control/hubspot/bulk", async (context) =>
    context.json(await loadHubSpotPipeline(parts, await readJson(context, bulkInput)), 201),
  );

  app.get("/control/hubspot/settings", (context) => context.json(showSettings(portal)));
  app.patch("/control/hubspot/settings", async (context) => {
    const given = await readJson(context, portalSettingsInput);
    const change = {
      scopes: given.scopes,
      tokenTtlMs: given.token_ttl_ms,
      searchLagMs: given.search_lag_ms,
      searchResultsMax: given.search_results_max,
      searchesPerSecondMax: given.searches_per_second_max,
      callsPerTenSecondsMax: given.calls_per_ten_seconds_max,
      callsPerDayMax: given.calls_per_day_max,
      echoWebhooks: given.echo_webhooks,
      announcedProperties: given.announced_properties,
      journalKeptMs: given.journal_kept_ms,
    };
    portal.changeSettings(withoutUndefined(change));
    return context.json(showSettings(portal));
  });
  app.post("/control/hubspot/expire_tokens", (context) =>
    context.json({ expired: parts.hubspotTokens.expireAll() }),
  );
}

/** Living deals by their last change, newest first. */
export function findHubSpotDeals(
  portal: Portal,
  filter: { readonly text?: string | undefined; readonly status?: string | undefined },
): ObjectRow[] {
  const text = filter.text?.toLowerCase();
  return [...portal.table("deals").descending()].filter(
    ({ archivedMs, properties }) =>
      archivedMs === null &&
      (text === undefined || (properties["dealname"] ?? "").toLowerCase().includes(text)) &&
      (filter.status === undefined ||
        Object.entries(properties).some(
          ([name, value]) => name.endsWith("_status") && value === filter.status,
        )),
  );
}

function showSettings(portal: Portal) {
  const settings = portal.settings();
  return {
    portal_id: settings.portalId,
    scopes: settings.scopes,
    stages: settings.stages,
    properties: settings.properties.map(({ type, property }) => `${type}.${property.name}`),
    token_ttl_ms: settings.tokenTtlMs,
    search_lag_ms: settings.searchLagMs,
    search_results_max: settings.searchResultsMax,
    searches_per_second_max: settings.searchesPerSecondMax,
    calls_per_ten_seconds_max: settings.callsPerTenSecondsMax,
    calls_per_day_max: settings.callsPerDayMax,
    echo_webhooks: settings.echoWebhooks,
    announced_properties: settings.announcedProperties,
    journal_kept_ms: settings.journalKeptMs,
    journal_subscriptions: settings.journalSubscriptions,
  };
}
