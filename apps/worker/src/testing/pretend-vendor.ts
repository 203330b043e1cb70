import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type {
  BillingOrder,
  BillingResult,
  ConnectorErrorDetail,
  DealPage,
  DealStatus,
  ErpBooking,
  ErpOrder,
} from "@usher/connector-sdk/spec";
import type { Deal } from "@usher/entitlement-core/deal";

export interface PretendBill {
  readonly orderId: string;
  readonly revision: number;
  readonly id: string;
  readonly totalMinor: number;
  standing: boolean;
}

export interface PretendSale {
  readonly orderId: string;
  readonly id: string;
  revision: number;
  totalMinor: number;
  standing: boolean;
}

/** What the vendor is told to do with the next calls of a method. */
export interface Mood {
  readonly refuse?: Partial<ConnectorErrorDetail> & Pick<ConnectorErrorDetail, "category">;
  /** Never answer; the caller gives up. */
  readonly hang?: boolean;
  /** What happens in the world while the answer is on its way. */
  readonly meanwhile?: () => Promise<void>;
  /** Only calls that mention this text; without it, all. */
  readonly about?: string;
}

/**
 * A CRM, a billing system and an ERP in one small server, so that a worker in another process can be
 * killed while they live on. It keeps what it is told and refuses, hangs or answers as asked.
 */
export async function startPretendVendor() {
  const deals = new Map<string, Deal & { readonly change: number }>();
  const statuses = new Map<string, DealStatus>();
  const written: {
    readonly dealId: string;
    readonly status: string;
    readonly sequence: number;
  }[] = [];
  const bills: PretendBill[] = [];
  const sales: PretendSale[] = [];
  const calls: string[] = [];
  const moods = new Map<string, Mood>();
  let change = 0;

  const touch = (deal: Omit<Deal, "version">) => {
    change += 1;
    deals.set(deal.id, { ...deal, version: `v${change}`, change });
  };

  const methods: Readonly<Record<string, (input: never) => unknown>> = {
    readChanges: ({ after }: { readonly after: number }): DealPage => {
      const changed = [...deals.values()].filter((one) => one.change > after);
      const page = changed.toSorted((one, other) => one.change - other.change).slice(0, 200);
      const last = page.at(-1)?.change ?? after;
      return {
        changes: page.map(({ id, version }) => ({ dealId: id, version })),
        checkpoint: { after: last },
        hasMore: page.length < changed.length,
      };
    },
    readDeals: ({ dealIds }: { readonly dealIds: readonly string[] }): readonly Deal[] =>
      dealIds.flatMap((id) => {
        const found = deals.get(id);
        if (found === undefined) return [];
        const { change: _change, ...deal } = found;
        return [deal];
      }),
    writeStatuses: ({
      writes,
    }: {
      readonly writes: readonly { readonly dealId: string; readonly status: DealStatus }[];
    }) =>
      writes.map(({ dealId, status }) => {
        const mood = moodFor("writeStatus", dealId);
        if (mood?.refuse !== undefined) return { error: detailOf(mood.refuse) };
        const deal = deals.get(dealId);
        if (deal === undefined) return { error: detailOf({ category: "not_found" }) };
        const shown = statuses.get(dealId);
        if (shown !== undefined && shown.sequence > status.sequence) return "outrun";
        if (
          shown !== undefined &&
          shown.status === status.status &&
          shown.sequence === status.sequence
        ) {
          return "unchanged";
        }
        statuses.set(dealId, status);
        written.push({ dealId, status: status.status, sequence: status.sequence });
        // As in a real CRM, our own write changes the record: its echo comes with the next poll.
        touch(deal);
        return "written";
      }),
    bill: (order: BillingOrder): BillingResult => {
      const found = bills.filter(
        (one) => one.orderId === order.orderId && one.revision === order.revision,
      );
      if (found.length === 0) {
        for (const one of bills) if (one.orderId === order.orderId) one.standing = false;
        bills.push({
          orderId: order.orderId,
          revision: order.revision,
          id: `sub_${bills.length + 1}`,
          totalMinor: order.lines.reduce((sum, one) => sum + one.unitAmountMinor * one.quantity, 0),
          standing: true,
        });
      }
      return {
        remoteCustomerId: `cus_${order.customer.customerId}`,
        records: bills
          .filter((one) => one.orderId === order.orderId && one.revision === order.revision)
          .map(({ id, totalMinor }) => ({
            kind: "subscription",
            id,
            lineIds: order.lines.map((line) => line.lineId),
            totalMinor,
          })),
      };
    },
    cancelBilling: ({ orderId }: { readonly orderId: string }) => {
      for (const one of bills) if (one.orderId === orderId) one.standing = false;
      return null;
    },
    bookOrder: (order: ErpOrder): ErpBooking => {
      const totalMinor = order.lines.reduce(
        (sum, one) => sum + one.unitAmountMinor * one.quantity,
        0,
      );
      let sale = sales.find((one) => one.orderId === order.orderId);
      if (sale === undefined) {
        const { orderId, revision } = order;
        sale = { orderId, revision, id: `so_${sales.length + 1}`, totalMinor, standing: true };
        sales.push(sale);
      }
      Object.assign(sale, { revision: order.revision, totalMinor, standing: true });
      return {
        remoteCustomerId: `party_${order.customer.customerId}`,
        records: [
          {
            kind: "sales_order",
            id: sale.id,
            number: sale.id.toUpperCase(),
            lineIds: order.lines.map((line) => line.lineId),
            totalMinor,
          },
        ],
      };
    },
    cancelOrder: ({ orderId }: { readonly orderId: string }) => {
      for (const one of sales) if (one.orderId === orderId) one.standing = false;
      return null;
    },
    readChange: ({ body }: { readonly body: unknown }) => body,
  };

  const moodFor = (method: string, text: string): Mood | undefined => {
    const mood = moods.get(method);
    return mood?.about === undefined || text.includes(mood.about) ? mood : undefined;
  };

  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    request.on("end", () => {
      const method = request.url?.slice(1) ?? "";
      calls.push(method);
      const mood = moodFor(method, text);
      if (mood?.hang === true) return;
      const isRefused = mood?.refuse !== undefined;
      const answer = isRefused
        ? detailOf(mood.refuse)
        : (methods[method]?.(JSON.parse(text) as never) ?? null);
      const send = () => response.writeHead(isRefused ? 400 : 200).end(JSON.stringify(answer));
      if (mood?.meanwhile === undefined) send();
      else mood.meanwhile().then(send, send);
    });
  });
  await listen(server);
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    deals,
    statuses,
    /** Every status that was really written, in order. */
    written,
    bills,
    sales,
    /** Method names, in order of arrival. */
    calls,
    win: touch,
    remove: (dealId: string) => {
      deals.delete(dealId);
    },
    /** Sets, or with null ends, how a method behaves. */
    mood: (method: string, mood: Mood | null) => {
      if (mood === null) moods.delete(method);
      else moods.set(method, mood);
    },
    standingBills: (orderId: string) =>
      bills.filter((one) => one.orderId === orderId && one.standing),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export type PretendVendor = Awaited<ReturnType<typeof startPretendVendor>>;

function detailOf(
  given: Partial<ConnectorErrorDetail> & Pick<ConnectorErrorDetail, "category">,
): ConnectorErrorDetail {
  return {
    message: `The pretend vendor answers ${given.category}`,
    vendorCode: null,
    vendorRequestId: null,
    retryAfterMs: null,
    where: null,
    ...given,
  };
}

async function listen(server: Server): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
}
