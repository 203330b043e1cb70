import { randomBytes } from "node:crypto";
import type { Stripe } from "stripe";
import type { Endpoint } from "../webhook/webhook-row.ts";
import type { Call, CallResult } from "./call.ts";
import seed from "./fixtures/webhook_endpoint.json" with { type: "json" };
import { API_VERSION } from "./stripe-account.ts";
import { invalidRequest, noSuch } from "./stripe-error.ts";
import { type Wire, wireList } from "./wire.ts";

/** The secret is shown once, in this answer. */
export function createWebhookEndpoint({ account, params }: Call): CallResult {
  const url = readUrl(params.requiredText("url"));
  const events = params.texts("enabled_events");
  if (events === undefined || events.length === 0) {
    throw invalidRequest("Missing required param: enabled_events.", {
      code: "parameter_missing",
      param: "enabled_events",
    });
  }
  const description = params.text("description") ?? null;
  const metadata = params.metadata({});
  params.text("api_version");
  params.finish();
  const secret = `whsec_${randomBytes(24).toString("base64url")}`;
  const endpoint = account.webhooks.addEndpoint({
    id: account.newId("we").id,
    vendor: "stripe",
    url,
    secret,
    events,
    description,
    metadata,
  });
  return { ...showEndpoint(endpoint), secret };
}

export function updateWebhookEndpoint({ account, params, path }: Call): CallResult {
  const before = findEndpoint({ account, path });
  const url = params.text("url");
  const disabled = params.boolean("disabled");
  const endpoint: Endpoint = {
    ...before,
    url: url === undefined ? before.url : readUrl(url),
    events: params.texts("enabled_events") ?? before.events,
    description: params.text("description") ?? before.description,
    metadata: params.metadata(before.metadata),
    enabled: disabled === undefined ? before.enabled : !disabled,
  };
  params.finish();
  account.webhooks.putEndpoint(endpoint);
  return showEndpoint(endpoint);
}

export function retrieveWebhookEndpoint({ account, params, path }: Call): CallResult {
  params.finish();
  return showEndpoint(findEndpoint({ account, path }));
}

export function deleteWebhookEndpoint({ account, params, path }: Call): CallResult {
  params.finish();
  const { id } = findEndpoint({ account, path });
  account.webhooks.removeEndpoint(id);
  return { id, object: "webhook_endpoint", deleted: true };
}

export function listWebhookEndpoints({ account, params }: Call): CallResult {
  const limit = params.integer("limit") ?? 10;
  params.finish();
  const all = account.webhooks.endpoints.where("vendor", "stripe").reverse();
  return {
    ...wireList("/v1/webhook_endpoints", all.slice(0, limit).map(showEndpoint), all.length > limit),
  };
}

function findEndpoint({ account, path }: Pick<Call, "account" | "path">): Endpoint {
  const id = path["id"] ?? "";
  const endpoint = account.webhooks.endpoints.get(id);
  if (endpoint?.vendor !== "stripe") throw noSuch("webhook endpoint", id, "id");
  return endpoint;
}

function showEndpoint(endpoint: Endpoint) {
  return {
    ...seed,
    id: endpoint.id,
    object: "webhook_endpoint",
    api_version: API_VERSION,
    application: null,
    created: Math.floor(endpoint.createdMs / 1000),
    description: endpoint.description,
    enabled_events: [...endpoint.events],
    livemode: false,
    metadata: endpoint.metadata,
    status: endpoint.enabled ? "enabled" : "disabled",
    url: endpoint.url,
  } satisfies Wire<Stripe.WebhookEndpoint>;
}

function readUrl(text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text)) return text;
  throw invalidRequest("Invalid URL: An explicit scheme (such as https) must be provided.", {
    code: "url_invalid",
    param: "url",
  });
}
