import { countOrders, listOrders, pageLimitMax } from "@usher/database";
import { formatMoney, isId } from "@usher/entitlement-core/kernel";
import { type OrderStatus, orderTotal, statusLadder } from "@usher/entitlement-core/order";
import { notFound } from "../http/api-problem.ts";
import { loadOrderView } from "./load-order-view.ts";
import { orderPage } from "./order-page.ts";
import { type OrderRow, ordersPage } from "./orders-page.ts";
import { htmlResponse, type SignedInContext } from "./page-context.ts";
import type { PageDependencies } from "./page-dependencies.ts";

export async function showOrders(
  { context, session, shell }: SignedInContext,
  deps: PageDependencies,
): Promise<Response> {
  const wanted = context.req.query("status");
  const filter = statusLadder.find((status) => status === wanted) ?? null;
  const view = await deps.database.withTenant(
    { tenantId: session.tenantId, readOnly: true },
    async (tx) => {
      const page = await listOrders(tx, {
        limit: 50,
        cursor: context.req.query("cursor") ?? null,
        ...(filter === null ? {} : { statuses: [filter] }),
      });
      const orders = page.items.map(
        (order): OrderRow => ({
          id: order.id,
          number: order.number,
          name: order.dealName,
          customer: order.customer?.name ?? null,
          status: order.status,
          holder: order.problem?.sentence ?? order.waitingOn?.who ?? null,
          total: order.content === null ? null : formatMoney(orderTotal(order.content)),
          updatedAt: order.updatedAt,
        }),
      );
      const counts: Partial<Record<OrderStatus, number>> = await countOrders(tx);
      return { orders, filter, counts, nextCursor: page.nextCursor };
    },
  );
  return htmlResponse(ordersPage(shell, view));
}

/** The newest events: a cold page on a phone is to be small, whatever an order has been through. */
const shownEventsMax = 10;

export async function showOrder(
  { context, session, shell }: SignedInContext,
  deps: PageDependencies,
): Promise<Response> {
  const id = context.req.param("id") ?? "";
  if (!isId("order", id)) throw notFound("order");
  const eventsMax = context.req.query("events") === "all" ? pageLimitMax : shownEventsMax;
  const view = await deps.database.withTenant(
    { tenantId: session.tenantId, readOnly: true },
    (tx) =>
      loadOrderView({
        tx,
        orderId: id,
        time: shell.time,
        urlOfRun: deps.temporal.urlOf,
        eventsMax,
      }),
  );
  if (view === null) throw notFound("order");
  return htmlResponse(orderPage(shell, view));
}
