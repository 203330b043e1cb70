import type { DealToSeed } from "@usher/connector-sdk/conformance";
import { DEFAULT_CREDENTIALS, startSimulator } from "@usher/simulator";

/** A simulated org over real HTTP with a clock that can be held, and what an administrator does in it. */
export interface SalesforceWorld {
  readonly url: string;
  readonly simulator: Awaited<ReturnType<typeof startSimulator>>;
  /** Stamps follow this instant until it is null again. */
  holdClock(ms: number | null): void;
  api(method: string, path: string, body?: unknown): Promise<Response>;
  /** Won, with one line each, in one transaction, so that all carry one stamp. Their ids. */
  winDeals(deals: readonly WonDeal[]): Promise<string[]>;
  /** Won, in its own currency, of an account of its own. */
  winDealOf(deal: DealToSeed): Promise<string>;
  record(id: string): Promise<Record<string, unknown>>;
  select(soql: string): Promise<readonly Record<string, unknown>[]>;
  /** Orders that carry the id, with their products. */
  ordersOf(orderId: string): Promise<readonly BookedOrder[]>;
  stop(): Promise<void>;
}

export interface WonDeal {
  readonly name: string;
  readonly stage?: string;
  readonly lines?: readonly Readonly<Record<string, unknown>>[];
  readonly fields?: Readonly<Record<string, unknown>>;
}

export interface BookedOrder {
  readonly Id: string;
  readonly Status: string;
  readonly AccountId: string;
  readonly TotalAmount: number;
  readonly OrderItems: {
    readonly records: readonly Readonly<Record<string, unknown>>[];
  } | null;
  readonly [field: string]: unknown;
}

export const accountName = "Ærø & “Sons” GmbH";

export async function startSalesforceWorld(
  options: Parameters<typeof startSimulator>[0] = {},
): Promise<SalesforceWorld> {
  let heldMs: number | null = null;
  const simulator = await startSimulator({ now: () => heldMs ?? Date.now(), ...options });
  const url = simulator.salesforce.url;
  let token = await logIn();

  async function logIn(): Promise<string> {
    const login = await fetch(`${url}/services/oauth2/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: DEFAULT_CREDENTIALS.salesforceClientId,
        client_secret: DEFAULT_CREDENTIALS.salesforceClientSecret,
      }),
    });
    return ((await login.json()) as { access_token: string }).access_token;
  }

  async function api(method: string, path: string, body?: unknown): Promise<Response> {
    const send = () =>
      fetch(`${url}/services/data/v67.0${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const answer = await send();
    if (answer.status !== 401) return answer;
    // The clock was moved beyond the token's life.
    token = await logIn();
    return send();
  }

  async function create(
    type: string,
    records: readonly Readonly<Record<string, unknown>>[],
  ): Promise<string[]> {
    const ids: string[] = [];
    for (let from = 0; from < records.length; from += 200) {
      const answer = await api("POST", "/composite/sobjects", {
        allOrNone: true,
        records: records
          .slice(from, from + 200)
          .map((record) => ({ attributes: { type }, ...record })),
      });
      const results = (await answer.json()) as {
        id: string;
        success: boolean;
        errors: unknown[];
      }[];
      for (const result of results) {
        if (!result.success) throw new Error(`seeding ${type}: ${JSON.stringify(result.errors)}`);
        ids.push(result.id);
      }
    }
    return ids;
  }

  const [accountId = ""] = await create("Account", [
    { Name: accountName, BillingCountry: "Germany" },
  ]);
  const [productId = ""] = await create("Product2", [{ Name: "GTX Pro", ProductCode: "GTX-PRO" }]);
  const books = await api("GET", "/query?q=SELECT+Id+FROM+Pricebook2+WHERE+IsStandard+=+true");
  const { records } = (await books.json()) as { records: { Id: string }[] };
  const Pricebook2Id = records[0]?.Id ?? "";
  const [priceId = ""] = await create("PricebookEntry", [
    { Pricebook2Id, Product2Id: productId, UnitPrice: 50, IsActive: true },
  ]);

  async function select(soql: string): Promise<Record<string, unknown>[]> {
    const answer = await api("GET", `/query?q=${encodeURIComponent(soql)}`);
    const body = (await answer.json()) as { records?: Record<string, unknown>[] };
    if (body.records === undefined) throw new Error(`${soql}: ${JSON.stringify(body)}`);
    return body.records;
  }

  async function winDeals(deals: readonly WonDeal[]): Promise<string[]> {
    const wasHeld = heldMs;
    // A few seconds ago: a stream leaves rows of the running second for its next read.
    heldMs ??= Date.now() - 5_000;
    try {
      const ids = await create(
        "Opportunity",
        deals.map(({ name, stage = "Closed Won", fields }) => ({
          Name: name,
          StageName: stage,
          CloseDate: "2026-11-01",
          AccountId: accountId,
          Pricebook2Id,
          ...fields,
        })),
      );
      const lines = deals.flatMap(({ lines: given = [{ Quantity: 2, UnitPrice: 48.21 }] }, index) =>
        given.map((line) => ({
          OpportunityId: ids[index],
          PricebookEntryId: priceId,
          ...line,
        })),
      );
      if (lines.length > 0) await create("OpportunityLineItem", lines);
      return ids;
    } finally {
      heldMs = wasHeld;
    }
  }

  return {
    url,
    simulator,
    holdClock: (ms) => {
      heldMs = ms;
    },
    api,
    winDeals,
    async winDealOf(deal) {
      const { name, accountName: Name, currency: CurrencyIsoCode, closedOn: CloseDate } = deal;
      const [AccountId] = await create("Account", [{ Name }]);
      const known = await select(
        `SELECT Id FROM PricebookEntry WHERE Product2Id = '${productId}' AND CurrencyIsoCode = '${CurrencyIsoCode}'`,
      );
      const [PricebookEntryId] =
        known.length > 0
          ? [known[0]?.["Id"]]
          : await create("PricebookEntry", [
              {
                Pricebook2Id,
                Product2Id: productId,
                UnitPrice: 50,
                CurrencyIsoCode,
                IsActive: true,
              },
            ]);
      const line = { Quantity: Number(deal.quantity), UnitPrice: Number(deal.unitPrice) };
      const [id = ""] = await winDeals([
        {
          name,
          fields: { AccountId, CurrencyIsoCode, CloseDate },
          lines: [{ ...line, PricebookEntryId }],
        },
      ]);
      return id;
    },
    async record(id) {
      const answer = await api("GET", `/sobjects/Opportunity/${id}`);
      return (await answer.json()) as Record<string, unknown>;
    },
    select,
    async ordersOf(orderId) {
      const escaped = orderId.replace(/[\\']/g, "\\$&");
      const lines = "Id, Usher_Line_Id__c, Quantity, UnitPrice, TotalPrice, ServiceDate, EndDate";
      const found = await select(
        `SELECT Id, Status, AccountId, TotalAmount, Usher_Revision__c, Usher_Canceled__c, (SELECT ${lines} FROM OrderItems) FROM Order WHERE Usher_Order_Id__c = '${escaped}'`,
      );
      return found as BookedOrder[];
    },
    stop: () => simulator.stop(),
  };
}

/** What `change` sets to undefined is left out. */
export function salesforceConfigFor(url: string, change: Readonly<Record<string, unknown>> = {}) {
  const config = {
    authKind: "client_credentials",
    loginUrl: url,
    instanceUrl: url,
    clientId: DEFAULT_CREDENTIALS.salesforceClientId,
    clientSecret: DEFAULT_CREDENTIALS.salesforceClientSecret,
    isMultiCurrency: true,
    ...change,
  };
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
}
