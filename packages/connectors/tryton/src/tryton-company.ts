import { connectorFailure } from "@usher/connector-sdk/http";
import type { CallContext } from "@usher/connector-sdk/spec";
import { z } from "zod";
import type { TrytonClient } from "./tryton-client.ts";
import type { TrytonConfig } from "./tryton-config.ts";
import { trytonId } from "./tryton-values.ts";

/** The company that sells, and the context in which everything is asked and done. */
export interface TrytonCompany {
  readonly id: number;
  /** Language `en`: refusals are told apart by their English sentences. */
  readonly context: Readonly<Record<string, unknown>>;
}

/** What hardly ever changes in a Tryton, read on first use and remembered for the connection. */
export interface TrytonCompanies {
  current(context: CallContext): Promise<TrytonCompany>;
  /** Id of the currency. `validation` where Tryton does not have it. */
  currency(code: string, context: CallContext): Promise<number>;
  /** Id of the configured accounting category; null where none is configured. */
  accountCategory(context: CallContext): Promise<number | null>;
  /** Id of the configured unit. */
  unit(context: CallContext): Promise<number>;
  /** Id of the country; null where Tryton's list of countries does not have it. */
  country(code: string, context: CallContext): Promise<number | null>;
}

const preferences = z.looseObject({
  company: trytonId.nullable().optional(),
  companies: z.array(trytonId).default([]),
  employee: trytonId.nullable().optional(),
});

const named = z.array(z.looseObject({ id: trytonId }));

export function createTrytonCompanies(input: {
  readonly client: TrytonClient;
  readonly config: TrytonConfig;
}): TrytonCompanies {
  const { client, config } = input;
  const known = new Map<string, Promise<unknown>>();

  // A failure is not remembered: the next call asks again.
  function once<T>(key: string, read: () => Promise<T>): Promise<T> {
    const held = known.get(key) as Promise<T> | undefined;
    if (held !== undefined) return held;
    const pending = read();
    known.set(key, pending);
    pending.catch(() => known.delete(key));
    return pending;
  }

  async function find(
    lookup: {
      readonly model: string;
      readonly domain: readonly unknown[];
      readonly what: string;
      readonly context: Readonly<Record<string, unknown>>;
    },
    context: CallContext,
  ): Promise<number | null> {
    const [found] = await client.call(
      {
        method: `model.${lookup.model}.search_read`,
        parameters: [lookup.domain, 0, 1, [["id", "ASC"]], ["id"]],
        context: lookup.context,
        isWrite: false,
        what: lookup.what,
        result: named,
      },
      context,
    );
    return found?.id ?? null;
  }

  async function readCompany(context: CallContext): Promise<TrytonCompany> {
    const own = await client.call(
      {
        method: "model.res.user.get_preferences",
        parameters: [true],
        context: {},
        isWrite: false,
        what: "Reading the connection's user",
        result: preferences,
      },
      context,
    );
    const id = config.company === null ? own.company : await companyByName(config.company, context);
    if (id === null || id === undefined || !own.companies.includes(id)) throw noCompany(config);
    const employee = own.employee === null || own.employee === undefined ? {} : own;
    return {
      id,
      context: { language: "en", company: id, companies: own.companies, ...pick(employee) },
    };
  }

  function companyByName(name: string, context: CallContext): Promise<number | null> {
    return find(
      {
        model: "company.company",
        domain: [["party.name", "=", name]],
        what: `Looking for the company “${name}”`,
        context: {},
      },
      context,
    );
  }

  const current = (context: CallContext) => once("company", () => readCompany(context));

  async function findInCompany(
    lookup: { readonly model: string; readonly domain: readonly unknown[]; readonly what: string },
    context: CallContext,
  ) {
    const company = await current(context);
    return find({ ...lookup, context: company.context }, context);
  }

  return {
    current,
    currency: (code, context) =>
      once(`currency:${code}`, async () => {
        const id = await findInCompany(
          {
            model: "currency.currency",
            domain: [["code", "=", code]],
            what: `Looking for the currency ${code}`,
          },
          context,
        );
        if (id !== null) return id;
        throw connectorFailure({
          category: "validation",
          message: `Tryton has no currency ${code}. Add it there, with a rate, then resume the order.`,
          where: { record: "Tryton's currencies", field: "code" },
        });
      }),
    accountCategory: (context) =>
      once("category", async () => {
        const { accountCategory } = config;
        if (accountCategory === null) return null;
        const id = await findInCompany(
          {
            model: "product.category",
            domain: [
              ["name", "=", accountCategory],
              ["accounting", "=", true],
            ],
            what: `Looking for the accounting category “${accountCategory}”`,
          },
          context,
        );
        if (id !== null) return id;
        throw connectorFailure({
          category: "config",
          message: `Tryton has no accounting category “${accountCategory}”. Make it there, or correct the connection's accountCategory.`,
        });
      }),
    unit: (context) =>
      once("unit", async () => {
        const id = await findInCompany(
          {
            model: "product.uom",
            domain: [["symbol", "=", config.unit]],
            what: `Looking for the unit “${config.unit}”`,
          },
          context,
        );
        if (id !== null) return id;
        throw connectorFailure({
          category: "config",
          message: `Tryton has no unit of measure with the symbol “${config.unit}”. Correct the connection's unit.`,
        });
      }),
    country: (code, context) =>
      once(`country:${code}`, () =>
        findInCompany(
          {
            model: "country.country",
            domain: [["code", "=", code]],
            what: `Looking for the country ${code}`,
          },
          context,
        ),
      ),
  };
}

function pick(own: { readonly employee?: number | null | undefined }) {
  return own.employee === undefined || own.employee === null ? {} : { employee: own.employee };
}

function noCompany(config: TrytonConfig) {
  return connectorFailure({
    category: "config",
    message:
      config.company === null
        ? "The connection's user has no company in Tryton. Give it one under Administration → Users, or name one in the connection."
        : `There is no company “${config.company}” in Tryton that the connection's user belongs to. Correct the connection's company, or add the user to it.`,
  });
}
