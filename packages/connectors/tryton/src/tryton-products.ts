import { connectorFailure } from "@usher/connector-sdk/http";
import type { CallContext, ErpItem } from "@usher/connector-sdk/spec";
import { z } from "zod";
import { findOrMake } from "./find-or-make.ts";
import type { TrytonClient } from "./tryton-client.ts";
import type { TrytonCompanies } from "./tryton-company.ts";
import { trytonId } from "./tryton-values.ts";

export interface TrytonProduct {
  readonly id: number;
  /** The unit in which it is sold. */
  readonly unit: number;
}

export interface TrytonProducts {
  /** The sku's product, made on first use where the connection says with which category. */
  ensure(item: ErpItem, context: CallContext): Promise<TrytonProduct>;
  forget(sku: string): void;
}

const products = z.array(
  z.looseObject({ id: trytonId, sale_uom: trytonId.nullable(), default_uom: trytonId }),
);
const made = z.array(trytonId).min(1);
const variants = z.array(z.looseObject({ products: z.array(trytonId).min(1) })).min(1);

/** Products by their code, which is the sku. One that the ERP has is used as it is: its name, taxes and accounts are accounting's. */
export function createTrytonProducts(input: {
  readonly client: TrytonClient;
  readonly companies: TrytonCompanies;
}): TrytonProducts {
  const { client, companies } = input;
  const known = new Map<string, Promise<TrytonProduct>>();

  async function find(sku: string, context: CallContext): Promise<readonly TrytonProduct[]> {
    const company = await companies.current(context);
    const found = await client.call(
      {
        method: "model.product.product.search_read",
        parameters: [
          [["code", "=", sku]],
          0,
          10,
          [["id", "ASC"]],
          ["id", "sale_uom", "default_uom"],
        ],
        context: company.context,
        isWrite: false,
        what: `Looking for the product ${sku}`,
        result: products,
      },
      context,
    );
    return found.map((one) => ({ id: one.id, unit: one.sale_uom ?? one.default_uom }));
  }

  async function write<Schema extends z.ZodType>(
    call: {
      readonly method: string;
      readonly parameters: readonly unknown[];
      readonly isWrite: boolean;
      readonly what: string;
      readonly result: Schema;
    },
    context: CallContext,
  ): Promise<z.output<Schema>> {
    const company = await companies.current(context);
    const method = `model.product.template.${call.method}`;
    return client.call({ ...call, method, context: company.context }, context);
  }

  async function make(item: ErpItem, context: CallContext) {
    const category = await companies.accountCategory(context);
    if (category === null) throw missing(item);
    const unit = await companies.unit(context);
    const template = {
      name: item.name,
      code: item.sku,
      type: "service",
      default_uom: unit,
      sale_uom: unit,
      salable: true,
      // What is asked stands on each sale: Usher's prices are the deal's.
      list_price: { __class__: "Decimal", decimal: "0" },
      account_category: category,
      products: [["create", [{}]]],
    };
    const [id = 0] = await write(
      {
        method: "create",
        parameters: [[template]],
        isWrite: true,
        what: `Making the product ${item.sku}`,
        result: made,
      },
      context,
    );
    const [read] = await write(
      {
        method: "read",
        parameters: [[id], ["products"]],
        isWrite: false,
        what: `Reading the product ${item.sku}`,
        result: variants,
      },
      context,
    );
    return { template: id, product: read?.products[0] ?? 0 };
  }

  async function ensure(item: ErpItem, context: CallContext): Promise<TrytonProduct> {
    let found: readonly TrytonProduct[] = [];
    let template = 0;
    const id = await findOrMake({
      find: async () => {
        found = await find(item.sku, context);
        return found.map((one) => one.id);
      },
      make: async () => {
        const both = await make(item, context);
        template = both.template;
        return both.product;
      },
      // With its only variant.
      remove: async () => {
        await write(
          {
            method: "delete",
            parameters: [[template]],
            isWrite: true,
            what: `Removing a second copy of the product ${item.sku}`,
            result: z.unknown(),
          },
          context,
        );
      },
    });
    const product = found.find((one) => one.id === id);
    if (product !== undefined) return product;
    throw connectorFailure({
      category: "conflict_stale",
      message: `The product ${item.sku} was removed from Tryton while it was being used.`,
    });
  }

  return {
    ensure(item, context) {
      const held = known.get(item.sku);
      if (held !== undefined) return held;
      const pending = ensure(item, context);
      known.set(item.sku, pending);
      pending.catch(() => known.delete(item.sku));
      return pending;
    },
    forget: (sku) => {
      known.delete(sku);
    },
  };
}

function missing(item: ErpItem) {
  return connectorFailure({
    category: "validation",
    message: `Tryton has no product with the code ${item.sku} (${item.name}). Make it there, or name an accountCategory in the connection, with which Usher makes missing products.`,
    where: { record: `Tryton product ${item.sku}`, field: "code" },
  });
}
