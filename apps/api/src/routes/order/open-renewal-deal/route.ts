import { busy, findConnection, loadOrder, type OrderWithContent } from "@usher/database";
import { lastDayOf } from "@usher/entitlement-core/kernel";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { useConnection } from "../../../connection/use-connection.ts";
import { ApiProblem, notFound } from "../../../http/api-problem.ts";
import { plainRoute } from "../../../http/route-handler.ts";

/**
 * Opens the renewal of an order's deal in the CRM it came from, to be closed by the last day of its
 * terms. The CRM keeps the order's id on it: however often it is asked for, there is one.
 */
export function openRenewalDealRoute(deps: ApiDependencies) {
  const { database } = deps;
  return plainRoute("openRenewalDeal", async ({ params, body, caller: { tenantId } }) => {
    const { order, connection } = await database.withTenant(
      { tenantId, readOnly: true },
      async (tx) => {
        const found = await loadOrder(tx, params);
        if (found === null) throw notFound("order");
        const { connectionId } = found;
        return {
          order: found,
          connection: connectionId === null ? null : await findConnection(tx, connectionId),
        };
      },
    );
    const { closesOn, startsOn } = datesOf(order);
    if (connection === null) {
      throw notRenewable("It came from no connected CRM, so there is none to open a renewal in.");
    }
    const used = useConnection({ deps, tenantId, connection });
    if ("problem" in used) throw notRenewable(used.problem);
    try {
      const { crm } = used.system;
      const open = crm?.openRenewalDeal?.bind(crm);
      if (open === undefined) {
        throw notRenewable(
          `“${connection.name}” opens no renewals. Set its field renewals, by usher connection rotate; the connector's README says to what.`,
        );
      }
      // One at a time: a CRM that makes a deal and its lines in two calls could double the lines.
      const opened = await database.exclusively({ name: `renew:${order.id}` }, () =>
        used.call({
          idempotencyKey: `renew:${order.id}`,
          refused: "order_not_renewable",
          run: (context) =>
            open(
              {
                orderId: order.id,
                dealId: order.source.id,
                name: body.name ?? `${order.dealName}, renewal ${startsOn}`,
                closesOn,
                startsOn,
              },
              context,
            ),
        }),
      );
      if (opened === busy) throw notRenewable("Its renewal is just being opened. Ask again.");
      return {
        body: {
          system: order.source.system,
          deal_id: opened.dealId,
          was_there: opened.wasThere,
          closes_on: closesOn,
          starts_on: startsOn,
        },
      };
    } finally {
      await used.close();
    }
  });
}

/** The last day on which any of its lines runs, and the day after. */
function datesOf({ status, content }: OrderWithContent): {
  readonly closesOn: string;
  readonly startsOn: string;
} {
  if (status !== "Active" || content === null) {
    throw notRenewable(`It stands at ${status}; only an Active order is renewed.`);
  }
  const closesOn = content.lines.map(({ term }) => lastDayOf(term)).reduce(latest);
  return { closesOn, startsOn: dayAfter(closesOn) };
}

function latest<Day extends string>(one: Day, other: Day): Day {
  return one > other ? one : other;
}

function dayAfter(day: string): string {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
}

function notRenewable(detail: string): ApiProblem {
  return new ApiProblem("order_not_renewable", detail);
}
