import type { ApiDependencies } from "./api-dependencies.ts";
import type { RightsFeed } from "./check/rights-feed.ts";
import type { BackgroundWork } from "./http/background-work.ts";
import type { AnyHandler } from "./http/serve-route.ts";
import type { WebhookConnections } from "./inbound/webhook-connections.ts";
import type { ApiMetrics } from "./observability/api-metrics.ts";
import { createApiKeyRoute } from "./routes/access/create-api-key/route.ts";
import { createSignInLinkRoute } from "./routes/access/create-sign-in-link/route.ts";
import { createUserRoute } from "./routes/access/create-user/route.ts";
import { listApiKeysRoute } from "./routes/access/list-api-keys/route.ts";
import { listUsersRoute } from "./routes/access/list-users/route.ts";
import { revokeApiKeyRoute } from "./routes/access/revoke-api-key/route.ts";
import { decideApprovalTaskRoute } from "./routes/approval/decide-approval-task/route.ts";
import { decideApprovalTasksRoute } from "./routes/approval/decide-approval-tasks/route.ts";
import { getApprovalTaskRoute } from "./routes/approval/get-approval-task/route.ts";
import { listApprovalTasksRoute } from "./routes/approval/list-approval-tasks/route.ts";
import { previewApprovalPathRoute } from "./routes/approval/preview-approval-path/route.ts";
import { addAliasRoute } from "./routes/catalog/add-alias/route.ts";
import { diffCatalogRoute } from "./routes/catalog/diff-catalog/route.ts";
import { getCatalogRoute } from "./routes/catalog/get-catalog/route.ts";
import { listAliasesRoute } from "./routes/catalog/list-aliases/route.ts";
import { publishCatalogRoute } from "./routes/catalog/publish-catalog/route.ts";
import { createCheckoutSessionRoute } from "./routes/checkout/create-checkout-session/route.ts";
import { getCheckoutSessionRoute } from "./routes/checkout/get-checkout-session/route.ts";
import { listCheckoutSessionsRoute } from "./routes/checkout/list-checkout-sessions/route.ts";
import { checkConnectionRoute } from "./routes/connection/check-connection/route.ts";
import { createConnectionRoute } from "./routes/connection/create-connection/route.ts";
import { getConnectionRoute } from "./routes/connection/get-connection/route.ts";
import { listConnectionsRoute } from "./routes/connection/list-connections/route.ts";
import { listConnectorsRoute } from "./routes/connection/list-connectors/route.ts";
import { rotateConnectionRoute } from "./routes/connection/rotate-connection/route.ts";
import { listCustomerEntitlementsRoute } from "./routes/entitlement/list-customer-entitlements/route.ts";
import { getInboxMessageRoute } from "./routes/inbox/get-inbox-message/route.ts";
import { listInboxMessagesRoute } from "./routes/inbox/list-inbox-messages/route.ts";
import { receiveInboundRoute } from "./routes/inbox/receive-inbound/route.ts";
import { replayInboxMessageRoute } from "./routes/inbox/replay-inbox-message/route.ts";
import { cancelOrderRoute } from "./routes/order/cancel-order/route.ts";
import { createOrderRoute } from "./routes/order/create-order/route.ts";
import type { EagerDelivery } from "./routes/order/eager-delivery.ts";
import { getOrderRoute } from "./routes/order/get-order/route.ts";
import { listOrderEventsRoute } from "./routes/order/list-order-events/route.ts";
import { listOrdersRoute } from "./routes/order/list-orders/route.ts";
import { openRenewalDealRoute } from "./routes/order/open-renewal-deal/route.ts";
import type { PublishedCatalogCache } from "./routes/order/published-catalog-cache.ts";
import { resumeOrderRoute } from "./routes/order/resume-order/route.ts";
import { getHealthRoute } from "./routes/system/get-health/route.ts";
import { getMetricsRoute } from "./routes/system/get-metrics/route.ts";
import { getOpenApiRoute } from "./routes/system/get-open-api/route.ts";
import { getReadinessRoute, type ReadinessProbe } from "./routes/system/get-readiness/route.ts";
import { getJwksRoute } from "./routes/token/get-jwks/route.ts";
import { getStatusListRoute } from "./routes/token/get-status-list/route.ts";
import { getTokenRoute } from "./routes/token/get-token/route.ts";
import { issueTokenRoute } from "./routes/token/issue-token/route.ts";
import { revokeTokenRoute } from "./routes/token/revoke-token/route.ts";
import { ingestUsageEventsRoute } from "./routes/usage/ingest-usage-events/route.ts";
import type { TenantSigners } from "./token/tenant-signers.ts";

export interface HandlerDependencies extends ApiDependencies {
  readonly background: BackgroundWork;
  readonly delivery: EagerDelivery;
  readonly metrics: ApiMetrics;
  readonly webhooks: WebhookConnections;
  readonly catalogs: PublishedCatalogCache;
  readonly signers: TenantSigners;
  readonly probes: readonly ReadinessProbe[];
  readonly feed: RightsFeed;
}

/** One handler for each operation of the contract but checks, which have a door of their own. */
export function createRouteHandlers(deps: HandlerDependencies): readonly AnyHandler[] {
  return [
    createOrderRoute(deps),
    listOrdersRoute(deps),
    getOrderRoute(deps),
    listOrderEventsRoute(deps),
    cancelOrderRoute(),
    resumeOrderRoute(),
    openRenewalDealRoute(deps),
    listApprovalTasksRoute(deps),
    getApprovalTaskRoute(deps),
    decideApprovalTaskRoute(deps),
    decideApprovalTasksRoute(deps),
    previewApprovalPathRoute(deps),
    listCustomerEntitlementsRoute(deps),
    ingestUsageEventsRoute(deps),
    issueTokenRoute(deps),
    getTokenRoute(deps),
    revokeTokenRoute(),
    getJwksRoute(deps),
    getStatusListRoute(deps),
    receiveInboundRoute(deps),
    listInboxMessagesRoute(deps),
    getInboxMessageRoute(deps),
    replayInboxMessageRoute(),
    getCatalogRoute(deps),
    diffCatalogRoute(deps),
    publishCatalogRoute(deps),
    listAliasesRoute(deps),
    addAliasRoute(deps),
    createApiKeyRoute(deps),
    listApiKeysRoute(deps),
    revokeApiKeyRoute(),
    createUserRoute(),
    listUsersRoute(deps),
    createSignInLinkRoute(deps),
    createConnectionRoute(deps),
    listConnectionsRoute(deps),
    getConnectionRoute(deps),
    checkConnectionRoute(deps),
    rotateConnectionRoute(deps),
    listConnectorsRoute(deps),
    createCheckoutSessionRoute(deps),
    listCheckoutSessionsRoute(deps),
    getCheckoutSessionRoute(deps),
    getHealthRoute(),
    getReadinessRoute(deps),
    getMetricsRoute(deps),
    getOpenApiRoute(),
  ];
}
