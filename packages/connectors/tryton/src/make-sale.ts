import type { CallContext, ErpOrder, ErpOrderLine } from "@usher/connector-sdk/spec";
import { z } from "zod";
import { describeLine } from "./describe-line.ts";
import type { TrytonClient } from "./tryton-client.ts";
import type { TrytonCompanies } from "./tryton-company.ts";
import type { TrytonConfig } from "./tryton-config.ts";
import { describeMark, lineMark } from "./tryton-marks.ts";
import type { TrytonProduct, TrytonProducts } from "./tryton-products.ts";
import { toTrytonDecimal, trytonId } from "./tryton-values.ts";

// What Tryton's own client would fill in for a party: addresses, terms of payment.
const partyDefaults = z.looseObject({
  payment_term: trytonId.nullable().optional(),
  invoice_party: trytonId.nullable().optional(),
  invoice_address: trytonId.nullable().optional(),
  shipment_party: trytonId.nullable().optional(),
  shipment_address: trytonId.nullable().optional(),
});

// Taxes by product and party, in the form of a change to an empty list.
const lineDefaults = z.looseObject({
  taxes: z
    .union([
      z.looseObject({
        add: z.array(z.tuple([z.unknown(), z.looseObject({ id: trytonId })])).default([]),
      }),
      z.array(trytonId),
    ])
    .nullable()
    .optional(),
});

/**
 * Makes one sale, a draft, with all its lines in one call and so in one transaction. Creating runs
 * none of the rules that fill a form in Tryton's client; so terms, addresses and taxes are asked
 * for first: a sale made without that would be without taxes.
 */
export async function makeSale(input: {
  readonly client: TrytonClient;
  readonly companies: TrytonCompanies;
  readonly products: TrytonProducts;
  readonly config: TrytonConfig;
  readonly order: ErpOrder;
  readonly party: number;
  readonly lines: readonly ErpOrderLine[];
  readonly context: CallContext;
}): Promise<void> {
  const { client, companies, products, config, order, party, lines, context } = input;
  const company = await companies.current(context);
  const currency = await companies.currency(order.currency, context);
  const defaults = await client.call(
    {
      method: "model.sale.sale.on_change",
      parameters: [{ party, company: company.id, currency }, ["party"]],
      context: company.context,
      isWrite: false,
      what: `Asking for the terms of customer ${order.customer.externalId}`,
      result: partyDefaults,
    },
    context,
  );
  const taxesOf = new Map<string, readonly number[]>();
  const made: object[] = [];
  for (const line of lines) {
    const product = await products.ensure(line, context);
    const taxes =
      taxesOf.get(line.sku) ??
      (await askTaxes({ ...input, companyId: company.id, currency, product, line, defaults }));
    taxesOf.set(line.sku, taxes);
    made.push({
      product: product.id,
      unit: product.unit,
      quantity: line.quantity,
      unit_price: toTrytonDecimal({ minor: line.unitAmountMinor, currency: order.currency }),
      description: describeLine(line),
      note: lineMark(line.lineId),
      taxes: [["add", taxes]],
    });
  }
  await client.call(
    {
      method: "model.sale.sale.create",
      parameters: [
        [
          {
            company: company.id,
            currency,
            party,
            reference: order.orderId,
            description: describeMark({ revision: order.revision, isTakenBack: false }),
            invoice_method: config.invoiceMethod,
            ...said(defaults),
            lines: [["create", made]],
          },
        ],
      ],
      context: company.context,
      isWrite: true,
      what: `Making the sale of order ${order.orderId}`,
      result: z.array(trytonId).min(1),
    },
    context,
  );
}

async function askTaxes(input: {
  readonly client: TrytonClient;
  readonly companies: TrytonCompanies;
  readonly companyId: number;
  readonly currency: number;
  readonly party: number;
  readonly product: TrytonProduct;
  readonly line: ErpOrderLine;
  readonly defaults: z.output<typeof partyDefaults>;
  readonly context: CallContext;
}): Promise<readonly number[]> {
  const { client, companies, product, line, context } = input;
  const company = await companies.current(context);
  const { taxes } = await client.call(
    {
      method: "model.sale.line.on_change",
      parameters: [
        {
          type: "line",
          product: product.id,
          unit: product.unit,
          quantity: line.quantity,
          company: input.companyId,
          "_parent_sale.party": input.party,
          "_parent_sale.invoice_party": input.defaults.invoice_party ?? null,
          "_parent_sale.currency": input.currency,
        },
        ["product"],
      ],
      context: company.context,
      isWrite: false,
      what: `Asking for the taxes of product ${line.sku}`,
      result: lineDefaults,
    },
    context,
  );
  if (taxes === null || taxes === undefined) return [];
  if ("add" in taxes) return taxes.add.map(([, { id }]) => id);
  return taxes;
}

function said(defaults: z.output<typeof partyDefaults>): Record<string, number | null> {
  const names = [
    "payment_term",
    "invoice_party",
    "invoice_address",
    "shipment_party",
    "shipment_address",
  ] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = defaults[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
