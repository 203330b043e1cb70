import * as access from "./access/access-routes.ts";
import * as approval from "./approval/approval-routes.ts";
import * as catalog from "./catalog/catalog-routes.ts";
import * as check from "./check/check-routes.ts";
import * as checkout from "./checkout/checkout-routes.ts";
import * as connection from "./connection/connection-routes.ts";
import * as entitlement from "./entitlement/entitlement-routes.ts";
import * as inbox from "./inbox/inbox-routes.ts";
import * as order from "./order/order-routes.ts";
import { getHealth, getMetrics, getOpenApi, getReadiness } from "./system/system-routes.ts";
import * as token from "./token/token-routes.ts";
import * as usage from "./usage/usage-routes.ts";

/** Every operation of the API, by operation id. */
export const routes = {
  ...order,
  ...approval,
  ...entitlement,
  ...check,
  ...usage,
  ...token,
  ...inbox,
  ...catalog,
  ...access,
  ...checkout,
  ...connection,
  getHealth,
  getReadiness,
  getMetrics,
  getOpenApi,
} as const;

export type Routes = typeof routes;
export type OperationId = keyof Routes;
