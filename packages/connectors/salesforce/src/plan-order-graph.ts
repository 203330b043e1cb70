import { externalIdPath } from "./external-id-path.ts";
import type { HeldOrder } from "./held-order.ts";
import type { SalesforceOrderFields } from "./salesforce-order-fields.ts";

/** One node of a composite graph. */
export interface GraphNode {
  readonly method: "POST" | "PATCH" | "DELETE";
  /** Below `/services/data/vXX.X`. */
  readonly path: string;
  readonly referenceId: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** A line as the revision wants it. */
export interface WantedItem {
  readonly key: string;
  readonly pricebookEntryId: string;
  /** Fields that may also be changed later: quantity, price, term. */
  readonly values: Readonly<Record<string, unknown>>;
}

export interface WantedOrder {
  readonly orderId: string;
  /** Of an order that is made: account, price book, currency. They stay as they are later. */
  readonly fixed: Readonly<Record<string, unknown>>;
  readonly values: Readonly<Record<string, unknown>>;
  readonly items: readonly WantedItem[];
}

/**
 * What brings the org's order to the revision, in one graph and therefore wholly or not at all: a
 * draft, its products, activated. An order that is activated becomes a draft first, since it is
 * frozen. An order is created with our id in a unique field rather than upserted by it: of two
 * attempts at once one is then refused as a duplicate, where an upsert would run into an order that
 * is activated by now. Products are upserted by our external id.
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_graph.htm
 */
export function planOrderGraph(input: {
  readonly wanted: WantedOrder;
  readonly held: HeldOrder | null;
  readonly fields: SalesforceOrderFields;
  readonly statuses: { readonly draft: string; readonly activated: string };
}): readonly GraphNode[] {
  const { wanted, held, fields, statuses } = input;
  const nodes: GraphNode[] = [];
  if (held?.isActivated === true) nodes.push(backToDraft(held, statuses.draft));
  nodes.push(
    held === null
      ? {
          method: "POST",
          path: "/sobjects/Order",
          referenceId: "order",
          body: {
            [fields.orderId]: wanted.orderId,
            ...wanted.fixed,
            ...wanted.values,
            Status: statuses.draft,
          },
        }
      : {
          method: "PATCH",
          path: `/sobjects/Order/${held.id}`,
          referenceId: "order",
          body: { ...wanted.values, ...(held.isActivated ? {} : { Status: statuses.draft }) },
        },
  );
  const orderId = held?.id ?? "@{order.id}";
  const standing = new Map(held?.items.map((item) => [item.key, item]));
  for (const [at, { key, pricebookEntryId, values }] of wanted.items.entries()) {
    const item = standing.get(key);
    const isSameProduct = item?.pricebookEntryId === pricebookEntryId;
    if (item !== undefined && !isSameProduct) nodes.push(without(item.id, `drop_${at}`));
    nodes.push(
      item !== undefined && isSameProduct
        ? {
            method: "PATCH",
            path: `/sobjects/OrderItem/${item.id}`,
            referenceId: `line_${at}`,
            body: values,
          }
        : {
            method: "PATCH",
            path: externalIdPath({ object: "OrderItem", field: fields.lineId, value: key }),
            referenceId: `line_${at}`,
            body: { OrderId: orderId, PricebookEntryId: pricebookEntryId, ...values },
          },
    );
  }
  const keys = new Set(wanted.items.map(({ key }) => key));
  for (const [at, item] of (held?.items ?? []).entries()) {
    if (!keys.has(item.key)) nodes.push(without(item.id, `gone_${at}`));
  }
  nodes.push({
    method: "PATCH",
    path: `/sobjects/Order/${orderId}`,
    referenceId: "activate",
    body: { Status: statuses.activated },
  });
  return nodes;
}

/** By itself: an activated order takes no other change in the same save. */
export function backToDraft(held: HeldOrder, draft: string): GraphNode {
  return {
    method: "PATCH",
    path: `/sobjects/Order/${held.id}`,
    referenceId: "reopen",
    body: { Status: draft },
  };
}

function without(itemId: string, referenceId: string): GraphNode {
  return { method: "DELETE", path: `/sobjects/OrderItem/${itemId}`, referenceId };
}
