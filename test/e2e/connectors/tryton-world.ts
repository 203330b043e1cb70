import type { ErpConnector } from "@usher/connector-sdk/spec";
import { createTrytonConnector } from "@usher/connector-tryton";
import { prepareTryton, type RunningTryton, trytonNames } from "@usher/local-services";

/** What Tryton itself shows of an order, looked up without the connector. */
export interface TrytonWorld extends RunningTryton {
  readonly sales: (orderId: string) => Promise<readonly SaleSeen[]>;
  /** Every sale that was not canceled. */
  allSales(): Promise<readonly SaleSummary[]>;
  countParties(customerId: string): Promise<number>;
  /** A product that cannot be sold: Tryton refuses to invoice it, since it has no accounts. */
  makeProduct(input: { readonly sku: string; readonly category: string | null }): Promise<void>;
  /** As accounting does. */
  postInvoices(orderId: string): Promise<void>;
}

export interface SaleSeen {
  readonly id: number;
  readonly state: string;
  readonly untaxed_amount: { readonly decimal: string };
  readonly total_amount: { readonly decimal: string };
  readonly "lines.": readonly {
    readonly quantity: number;
    readonly unit_price: { readonly decimal: string };
  }[];
  readonly "invoices.": readonly {
    readonly id: number;
    readonly state: string;
    readonly untaxed_amount: { readonly decimal: string };
  }[];
  readonly "amendments.": readonly { readonly state: string }[];
}

export interface SaleSummary {
  readonly reference: string;
  readonly state: string;
  /** Before taxes, in cents. */
  readonly cents: number;
  /** The states of its invoices. */
  readonly invoices: readonly string[];
}

const salesPageSize = 500;

// Asked for while files are collected, so that tests that cannot run are told apart from failing ones.
const tryton = await prepareTryton({ say: (sentence) => console.info(sentence) });

/** Null where Tryton runs; otherwise why its tests are left out. */
export const whyNoTryton: string | null =
  tryton.kind === "ready" ? null : `Tryton cannot be started here: ${tryton.because}`;

export async function startTrytonWorld(): Promise<TrytonWorld> {
  if (tryton.kind !== "ready") throw new Error(`Tryton cannot be started here: ${tryton.because}.`);
  const running = await tryton.start();
  const { administrator: rpc } = running;
  const sales = (orderId: string) =>
    rpc.call<readonly SaleSeen[]>(
      "model.sale.sale.search_read",
      [["reference", "=", orderId]],
      0,
      null,
      [["id", "ASC"]],
      [
        "state",
        "untaxed_amount",
        "total_amount",
        "lines.quantity",
        "lines.unit_price",
        "invoices.state",
        "invoices.untaxed_amount",
        "amendments.state",
      ],
    );
  return {
    ...running,
    sales,
    async allSales() {
      const all: SaleSummary[] = [];
      for (let offset = 0; ; offset += salesPageSize) {
        const page = await rpc.call<readonly (SaleSeen & { readonly reference: string })[]>(
          "model.sale.sale.search_read",
          [["state", "!=", "cancelled"]],
          offset,
          salesPageSize,
          [["id", "ASC"]],
          ["reference", "state", "untaxed_amount", "invoices.state"],
        );
        for (const { reference, state, untaxed_amount, "invoices.": invoices } of page) {
          const cents = Math.round(Number(untaxed_amount.decimal) * 100);
          all.push({ reference, state, cents, invoices: invoices.map((one) => one.state) });
        }
        if (page.length < salesPageSize) return all;
      }
    },
    countParties: (customerId) =>
      rpc.call<number>(
        "model.party.party.search_count",
        [["identifiers.code", "=", `usher:${customerId}`]],
        0,
        null,
      ),
    async makeProduct({ sku, category }) {
      const [account_category = null] =
        category === null
          ? []
          : await rpc.call<readonly number[]>(
              "model.product.category.search",
              [["name", "=", category]],
              0,
              1,
              null,
            );
      const [unit] = await rpc.call<readonly number[]>(
        "model.product.uom.search",
        [["symbol", "=", "u"]],
        0,
        1,
        null,
      );
      await rpc.call("model.product.template.create", [
        {
          name: sku,
          code: sku,
          type: "service",
          default_uom: unit,
          sale_uom: unit,
          salable: true,
          list_price: { __class__: "Decimal", decimal: "0" },
          account_category,
          products: [["create", [{}]]],
        },
      ]);
    },
    async postInvoices(orderId) {
      const invoices = (await sales(orderId)).flatMap((sale) => sale["invoices."]);
      const drafts = invoices.filter(({ state }) => state === "draft").map(({ id }) => id);
      await rpc.call("model.account.invoice.post", drafts);
    },
  };
}

export function trytonConfigFor(
  world: Pick<RunningTryton, "database" | "user" | "password">,
  url: string,
  change: Readonly<Record<string, unknown>> = {},
) {
  return {
    baseUrl: url,
    database: world.database,
    user: world.user,
    password: world.password,
    accountCategory: trytonNames.category,
    ...change,
  };
}

export function connectErp(input: {
  readonly config: Readonly<Record<string, unknown>>;
  readonly now?: () => number;
}): ErpConnector {
  const { erp } = createTrytonConnector().connect(
    { connectionId: "con_traps", config: input.config },
    { fetch, now: input.now ?? Date.now },
  );
  if (erp === null || erp === undefined) throw new Error("Tryton is an ERP");
  return erp;
}
