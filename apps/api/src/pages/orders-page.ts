import { type OrderStatus, statusLadder } from "@usher/entitlement-core/order";
import { dataTable } from "./data-table.ts";
import { type Html, html } from "./html.ts";
import { pageShell, type Shell } from "./page-shell.ts";
import { statusChip } from "./status-chip.ts";

export interface OrderRow {
  readonly id: string;
  readonly number: string;
  readonly name: string;
  readonly customer: string | null;
  readonly status: OrderStatus;
  /** Who holds it, or what to fix; null when nobody has to act. */
  readonly holder: string | null;
  readonly total: string | null;
  readonly updatedAt: number;
}

export interface OrdersView {
  readonly orders: readonly OrderRow[];
  readonly filter: OrderStatus | null;
  readonly counts: Readonly<Partial<Record<OrderStatus, number>>>;
  readonly nextCursor: string | null;
}

export function ordersPage(shell: Shell, view: OrdersView): Html {
  const all = Object.values(view.counts).reduce((sum, count) => sum + count, 0);
  return pageShell({
    shell,
    title: "Orders",
    current: "orders",
    main: html`<h1>Orders</h1><p class="lead">What the hub is doing about each deal, newest first.</p>
<ul class="filter" aria-label="Filter by status">${filterLink({ href: "/orders", text: `All ${all}`, isCurrent: view.filter === null })}${statusLadder
      .filter((status) => (view.counts[status] ?? 0) > 0)
      .map((status) =>
        filterLink({
          href: `/orders?status=${encodeURIComponent(status)}`,
          text: `${status} ${view.counts[status] ?? 0}`,
          isCurrent: view.filter === status,
        }),
      )}</ul>
<section class="card">${view.orders.length === 0 ? html`<p class="soft">No orders here yet. A won deal in the CRM or <code>POST /v1/orders</code> makes one.</p>` : table(shell, view.orders)}</section>
${view.nextCursor === null ? "" : html`<p><a class="button" href="/orders?${view.filter === null ? "" : `status=${encodeURIComponent(view.filter)}&`}cursor=${view.nextCursor}">Older orders</a></p>`}`,
  });
}

function filterLink({
  href,
  text,
  isCurrent,
}: {
  readonly href: string;
  readonly text: string;
  readonly isCurrent: boolean;
}): Html {
  return html`<li><a href="${href}"${isCurrent ? html` aria-current="true"` : ""}>${text}</a></li>`;
}

function table(shell: Shell, orders: readonly OrderRow[]): Html {
  return dataTable({
    caption: "Orders",
    columns: [
      { name: "Order" },
      { name: "Customer" },
      { name: "Status" },
      { name: "Held by, or to fix", kind: "small" },
      { name: "Value", kind: "number" },
      { name: "Changed", kind: "short" },
    ],
    rows: orders.map((order) => [
      html`<a href="/orders/${order.id}"><b>${order.number}</b></a><br><span class="soft small">${order.name}</span>`,
      order.customer ?? "not named",
      statusChip(order.status),
      order.holder ?? "",
      order.total ?? "",
      html`<span class="small">${shell.time.at(order.updatedAt)}</span>`,
    ]),
  });
}
