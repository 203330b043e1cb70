import { createOpenApiDocument, type RouteDescription, routes } from "@usher/api-contract";
import { createId } from "@usher/database";

export const everyRoute: readonly RouteDescription[] = Object.values<RouteDescription>(routes);
export const keyedRoutes = everyRoute.filter(
  (route) => route.access !== "public" && route.access !== "signed",
);
export const jsonRoutes = everyRoute.filter((route) => route.body?.kind === "json");

/** A path of the route with well-formed ids that name nothing. */
export function pathWithUnknownIds(route: RouteDescription): string {
  return route.path.replaceAll(/\{(\w+)\}/g, () => createId(idKindOf(route)));
}

export function idKindOf(
  route: RouteDescription,
):
  | "order"
  | "approvalTask"
  | "token"
  | "inboxMessage"
  | "apiKey"
  | "connection"
  | "customer"
  | "checkoutSession"
  | "statusList" {
  if (route.path.startsWith("/v1/orders")) return "order";
  if (route.path.startsWith("/v1/approval_tasks")) return "approvalTask";
  if (route.path.startsWith("/v1/tokens")) return "token";
  if (route.path.startsWith("/v1/inbox/")) return "inboxMessage";
  if (route.path.startsWith("/v1/inbound/")) return "connection";
  if (route.path.startsWith("/v1/connections/")) return "connection";
  if (route.path.startsWith("/v1/api_keys")) return "apiKey";
  if (route.path.startsWith("/v1/checkout_sessions")) return "checkoutSession";
  if (route.path.startsWith("/v1/customers")) return "customer";
  return "statusList";
}

/** A body that the route's schema accepts: the contract's own example. */
export function exampleBodyOf(route: RouteDescription): unknown {
  const operation = paths[route.path]?.[route.method];
  const name = /#\/components\/schemas\/(\w+)/.exec(
    JSON.stringify(operation?.requestBody ?? {}),
  )?.[1];
  return name === undefined ? {} : (schemas[name]?.example ?? {});
}

const document = createOpenApiDocument();
const schemas = (document.components?.schemas ?? {}) as Readonly<
  Record<string, { readonly example?: unknown }>
>;
const paths = (document.paths ?? {}) as Readonly<
  Record<string, Readonly<Record<string, { readonly requestBody?: unknown }>>>
>;
