import type { Hono } from "hono";
import type { NodeEnv } from "../http-answer.ts";
import type { Org, RecordRow } from "../salesforce/org.ts";
import {
  day,
  decimal,
  type FieldDefinition,
  flag,
  instant,
  longText,
  money,
  picklist,
  text,
} from "../salesforce/schema/field.ts";
import type { SimulatorParts } from "../simulator-parts.ts";
import { bulkLoad } from "./bulk-load.ts";
import { ControlError } from "./control-error.ts";
import {
  bulkInput,
  type CustomFieldInput,
  customFieldInput,
  deleteAccountInput,
  editDealInput,
  orgSettingsInput,
  winDealInput,
} from "./control-input.ts";
import { numberOf, readJson, withoutUndefined } from "./control-request.ts";
import { deleteAccountOf, editDeal, livingDeal } from "./edit-deal.ts";
import { beginHumanEdit } from "./human-edit.ts";
import { showDeal } from "./show-deal.ts";
import { winDeal } from "./win-deal.ts";

/** `/control/salesforce/*`: what people do in the CRM, and how the org is set up. */
export function addDealRoutes(app: Hono<NodeEnv>, parts: SimulatorParts): void {
  const { org } = parts;

  app.post("/control/salesforce/deals", async (context) => {
    const deal = showDeal(org, winDeal(org, await readJson(context, winDealInput)));
    return context.json({ ...deal, deal_id: deal.id, account_id: deal.account?.id ?? null }, 201);
  });
  app.get("/control/salesforce/deals", (context) => {
    const filter = {
      status: context.req.query("status"),
      isWon:
        context.req.query("won") === undefined ? undefined : context.req.query("won") === "true",
      text: context.req.query("q"),
    };
    const offset = numberOf(context, "offset", 0);
    const limit = numberOf(context, "limit", 50);
    const { rows, total } = findDeals(org, filter, { offset, limit });
    return context.json({
      data: rows.map((row) => showDeal(org, row)),
      total,
      has_more: offset + rows.length < total,
    });
  });
  app.get("/control/salesforce/deals/:id", (context) => {
    const row = org.table("Opportunity").get(context.req.param("id"));
    if (row === undefined) throw new ControlError(404, `No deal ${context.req.param("id")}.`);
    return context.json(showDeal(org, row));
  });
  app.patch("/control/salesforce/deals/:id", async (context) => {
    const row = editDeal(org, context.req.param("id"), await readJson(context, editDealInput));
    return context.json(showDeal(org, row));
  });
  app.post("/control/salesforce/deals/:id/reopen", (context) => {
    const row = editDeal(
      org,
      context.req.param("id"),
      editDealInput.parse({ stage: "Negotiation/Review" }),
    );
    return context.json(showDeal(org, row));
  });
  app.post("/control/salesforce/deals/:id/win", (context) => {
    const row = editDeal(
      org,
      context.req.param("id"),
      editDealInput.parse({ stage: "Closed Won" }),
    );
    return context.json(showDeal(org, row));
  });
  app.post("/control/salesforce/deals/:id/delete_account", async (context) => {
    const { deals } = await readJson(context, deleteAccountInput);
    deleteAccountOf(org, context.req.param("id"), deals);
    const row = org.table("Opportunity").get(context.req.param("id"));
    return context.json(row === undefined ? { ok: true } : showDeal(org, row));
  });
  app.delete("/control/salesforce/deals/:id", (context) => {
    const deal = livingDeal(org, context.req.param("id"));
    beginHumanEdit({ org }).delete("Opportunity", deal.id);
    return context.json({ removed: 1 });
  });
  app.post("/control/salesforce/bulk", async (context) =>
    context.json(await bulkLoad(org, await readJson(context, bulkInput)), 201),
  );

  app.get("/control/salesforce/settings", (context) => context.json(showSettings(org)));
  app.patch("/control/salesforce/settings", async (context) => {
    const given = await readJson(context, orgSettingsInput);
    const change = {
      fieldsDeployed: given.fields_deployed,
      fieldPrefix: given.field_prefix,
      pageSizeMax: given.page_size_max,
      apiLimit: given.api_limit,
      echoNotifications: given.echo_notifications,
      jwtPublicKey: given.jwt_public_key,
      tokenTtlMs: given.token_ttl_ms,
      lateCommits: given.late_commits,
      changeDataCapture: given.change_data_capture,
      changeMishaps: given.change_mishaps,
      busEpoch: given.bus_epoch,
    };
    org.changeSettings(withoutUndefined(change));
    return context.json(showSettings(org));
  });
  app.post("/control/salesforce/fields", async (context) => {
    const given = await readJson(context, customFieldInput);
    const object = org.schema().object(given.object);
    if (object === undefined) throw new ControlError(404, `No object ${given.object}.`);
    if (object.field(given.name) !== undefined)
      throw new ControlError(409, `${object.name} has a field ${given.name} already.`);
    const { customFields } = org.settings();
    org.changeSettings({
      customFields: [...customFields, { object: object.name, field: toField(given) }],
    });
    return context.json({ object: object.name, name: given.name }, 201);
  });
  app.post("/control/salesforce/expire_tokens", (context) =>
    context.json({ expired: parts.tokens.expireAll() }),
  );
  app.post("/control/salesforce/expire_locators", (context) => {
    parts.cursors.expireAll();
    return context.json({ ok: true });
  });
}

/** Deals by their last change, newest first. */
export function findDeals(
  org: Org,
  filter: {
    readonly status?: string | undefined;
    readonly isWon?: boolean | undefined;
    readonly text?: string | undefined;
  },
  page: { readonly offset: number; readonly limit: number },
): { readonly rows: readonly RecordRow[]; readonly total: number } {
  const statusField = `${org.settings().fieldPrefix}_Status__c`;
  const text = filter.text?.toLowerCase();
  const rows: RecordRow[] = [];
  let total = 0;
  for (const row of org.table("Opportunity").descending()) {
    if (row.values["IsDeleted"] === true) continue;
    if (filter.isWon !== undefined && row.values["IsWon"] !== filter.isWon) continue;
    if (filter.status !== undefined && row.values[statusField] !== filter.status) continue;
    if (text !== undefined && !String(row.values["Name"]).toLowerCase().includes(text)) continue;
    if (total >= page.offset && rows.length < page.limit) rows.push(row);
    total += 1;
  }
  return { rows, total };
}

function showSettings(org: Org) {
  const settings = org.settings();
  return {
    organization_id: settings.organizationId,
    fields_deployed: settings.fieldsDeployed,
    field_prefix: settings.fieldPrefix,
    custom_fields: settings.customFields.map(({ object, field }) => `${object}.${field.name}`),
    page_size_max: settings.pageSizeMax,
    api_limit: settings.apiLimit,
    api_calls: org.usage.calls,
    echo_notifications: settings.echoNotifications,
    has_jwt_public_key: settings.jwtPublicKey !== null,
    late_commits: settings.lateCommits,
    change_data_capture: settings.changeDataCapture,
    change_mishaps: settings.changeMishaps,
    bus_epoch: settings.busEpoch,
    token_ttl_ms: settings.tokenTtlMs,
  };
}

function toField(given: CustomFieldInput): FieldDefinition {
  const options = { isExternalId: given.is_external_id, isUnique: given.is_unique };
  switch (given.type) {
    case "string":
      return text(given.name, given.length, options);
    case "textarea":
      return longText(given.name, given.length);
    case "picklist":
      return picklist(given.name, []);
    case "double":
      return decimal(given.name, options);
    case "currency":
      return money(given.name);
    case "date":
      return day(given.name);
    case "datetime":
      return instant(given.name);
    case "boolean":
      return flag(given.name);
  }
}
