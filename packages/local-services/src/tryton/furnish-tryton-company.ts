import type { TrytonRpc } from "./tryton-rpc.ts";

/** Names that tests lean on. */
export const trytonNames = {
  company: "Usher Test Seller",
  /** No taxes. */
  category: "Software",
  /** 10 % on top. */
  taxedCategory: "Software, taxed",
} as const;

/** The account an operator would make for Usher: the groups that the connector's README asks for, and no others. */
export const trytonUsher = { user: "usher", password: "usher-of-the-tests" } as const;

const groups = [
  "Sales",
  "Sales Administrator",
  "Sale Amendment",
  "Product Administration",
  "Account Product Administration",
];

const currencies = [
  { code: "USD", name: "US Dollar", digits: 2, rounding: "0.01", rate: "1" },
  { code: "EUR", name: "Euro", digits: 2, rounding: "0.01", rate: "0.9" },
  { code: "JPY", name: "Yen", digits: 0, rounding: "1", rate: "150" },
  { code: "KWD", name: "Kuwaiti Dinar", digits: 3, rounding: "0.001", rate: "0.3" },
] as const;

const fiscalYears = 3;

/**
 * What a company needs before it can sell: currencies, chart of accounts, fiscal years from
 * `firstYear` on, accounting categories, a payment term, and Usher's own account. Through the
 * server's interface, as an administrator would click it.
 */
export async function furnishTrytonCompany(input: {
  readonly rpc: TrytonRpc;
  readonly firstYear: number;
}): Promise<void> {
  const company = await makeCompany(input.rpc);
  const rpc = input.rpc.inContext({ company, language: "en" });
  await makeChart(rpc, company);
  for (let year = input.firstYear; year < input.firstYear + fiscalYears; year += 1) {
    await makeFiscalYear(rpc, { company, year });
  }
  await makeCategories(rpc, company);
  const term = await make(rpc, "account.invoice.payment_term", {
    name: "30 days",
    lines: [["create", [{ type: "remainder", relativedeltas: [["create", [{ days: 30 }]]] }]]],
  });
  await rpc.call("model.account.configuration.write", [1], {
    default_customer_payment_term: term,
  });
  await make(rpc, "country.country", { name: "United States", code: "US" });
  await make(rpc, "country.country", { name: "Germany", code: "DE" });
  await makeUsher(rpc, company);
}

async function makeCompany(rpc: TrytonRpc): Promise<number> {
  const currency = await makeCurrencies(rpc);
  const party = await make(rpc, "party.party", { name: trytonNames.company });
  const company = await make(rpc, "company.company", { party, currency });
  const admin = await one(rpc, "res.user", ["login", "=", "admin"]);
  await rpc.call("model.res.user.write", [admin], { companies: [["add", [company]]], company });
  return company;
}

async function makeCurrencies(rpc: TrytonRpc): Promise<number> {
  const ids: number[] = [];
  for (const { rate, rounding, ...one } of currencies) {
    ids.push(
      await make(rpc, "currency.currency", {
        ...one,
        rounding: decimal(rounding),
        rates: [["create", [{ date: date(2000, 1, 1), rate: decimal(rate) }]]],
      }),
    );
  }
  return ids[0] ?? 0;
}

async function makeChart(rpc: TrytonRpc, company: number): Promise<void> {
  const template = await rpc.call("model.ir.model.data.get_id", "account.account_template_root_en");
  const [session] = await rpc.call<readonly [number]>("wizard.account.create_chart.create");
  const data = { account: { company, account_template: template } };
  await rpc.call("wizard.account.create_chart.execute", session, data, "create_account");
  const properties = {
    company,
    account_receivable: await accountOf(rpc, ["type.receivable", "=", true]),
    account_payable: await accountOf(rpc, ["type.payable", "=", true]),
    category_account_revenue: await accountOf(rpc, ["type.revenue", "=", true]),
    category_account_expense: await accountOf(rpc, ["type.expense", "=", true]),
  };
  await rpc.call(
    "wizard.account.create_chart.execute",
    session,
    { ...data, properties },
    "create_properties",
  );
  await rpc.call("wizard.account.create_chart.delete", session);
}

async function makeFiscalYear(
  rpc: TrytonRpc,
  { company, year }: { readonly company: number; readonly year: number },
): Promise<void> {
  const name = String(year);
  const moves = await make(rpc, "ir.sequence.strict", {
    name,
    company,
    sequence_type: await one(rpc, "ir.sequence.type", ["name", "=", "Account Move"]),
  });
  const invoices = await make(rpc, "ir.sequence.strict", {
    name,
    company,
    sequence_type: await one(rpc, "ir.sequence.type", ["name", "=", "Invoice"]),
  });
  const fiscalYear = await make(rpc, "account.fiscalyear", {
    name,
    company,
    start_date: date(year, 1, 1),
    end_date: date(year, 12, 31),
    move_sequence: moves,
    invoice_sequences: [
      [
        "create",
        [
          {
            company,
            in_invoice_sequence: invoices,
            in_credit_note_sequence: invoices,
            out_invoice_sequence: invoices,
            out_credit_note_sequence: invoices,
          },
        ],
      ],
    ],
  });
  await rpc.call("model.account.fiscalyear.create_period", [fiscalYear]);
}

async function makeCategories(rpc: TrytonRpc, company: number): Promise<void> {
  const accounts = {
    accounting: true,
    account_revenue: await accountOf(rpc, ["type.revenue", "=", true]),
    account_expense: await accountOf(rpc, ["type.expense", "=", true]),
  };
  await make(rpc, "product.category", { name: trytonNames.category, ...accounts });
  const taxAccount = await accountOf(rpc, ["code", "=", "6.3.6"]);
  const tax = await make(rpc, "account.tax", {
    name: "10 %",
    description: "10 %",
    company,
    type: "percentage",
    rate: decimal("0.10"),
    invoice_account: taxAccount,
    credit_note_account: taxAccount,
  });
  await make(rpc, "product.category", {
    name: trytonNames.taxedCategory,
    ...accounts,
    customer_taxes: [["add", [tax]]],
  });
}

async function makeUsher(rpc: TrytonRpc, company: number): Promise<void> {
  const ids = await rpc.call<readonly number[]>(
    "model.res.group.search",
    [["name", "in", groups]],
    0,
    null,
    null,
  );
  if (ids.length !== groups.length) {
    throw new Error(`Of the groups ${groups.join(", ")} Tryton has only ${ids.length}.`);
  }
  await make(rpc, "res.user", {
    name: "Usher",
    login: trytonUsher.user,
    password: trytonUsher.password,
    companies: [["add", [company]]],
    company,
    groups: [["add", ids]],
  });
}

async function make(
  rpc: TrytonRpc,
  model: string,
  values: Readonly<Record<string, unknown>>,
): Promise<number> {
  const [id] = await rpc.call<readonly number[]>(`model.${model}.create`, [values]);
  if (id === undefined) throw new Error(`Tryton made no ${model}.`);
  return id;
}

async function one(
  rpc: TrytonRpc,
  model: string,
  ...clauses: readonly (readonly unknown[])[]
): Promise<number> {
  const [id] = await rpc.call<readonly number[]>(`model.${model}.search`, clauses, 0, 1, null);
  if (id === undefined) throw new Error(`Tryton has no ${model} with ${clauses.join(" and ")}.`);
  return id;
}

function accountOf(rpc: TrytonRpc, clause: readonly unknown[]): Promise<number> {
  return one(rpc, "account.account", clause, ["closed", "!=", true]);
}

function decimal(text: string): unknown {
  return { __class__: "Decimal", decimal: text };
}

function date(year: number, month: number, day: number): unknown {
  return { __class__: "date", year, month, day };
}
