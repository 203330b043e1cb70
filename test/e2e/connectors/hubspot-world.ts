import { createHubSpotConnector } from "@usher/connector-hubspot";
import { aCallContext, type DealToSeed } from "@usher/connector-sdk/testing";
import { DEFAULT_CREDENTIALS, startSimulator } from "@usher/simulator";

/** A simulated portal over real HTTP with a clock that can be held, and what people do in it. */
export interface HubSpotWorld {
  readonly url: string;
  readonly simulator: Awaited<ReturnType<typeof startSimulator>>;
  /** Stamps follow this instant until it is null again. */
  holdClock(ms: number | null): void;
  /** A call of the API with the portal's own token, whatever it answers. */
  api(method: string, path: string, body?: unknown): Promise<Response>;
  /** Won, with one line and the company each, all of one stamp. Their ids. */
  winDeals(deals: readonly WonDeal[]): Promise<string[]>;
  /** A deal's properties as they stand. */
  deal(id: string): Promise<Readonly<Record<string, string | null>>>;
  wonStage(): string;
  openStage(): string;
  /** A won deal of a company of its own with one line, as a person would enter it. */
  seedDeal(deal: DealToSeed): Promise<string>;
  /** Into the recycle bin. */
  archive(dealId: string): Promise<void>;
  /** Creates properties and journal subscriptions, as an operator does once. */
  setUp(config: unknown): Promise<void>;
  /** What the journal holds now is older than it keeps. */
  forgetJournal(): Promise<void>;
  stop(): Promise<void>;
}

export interface WonDeal {
  readonly name: string;
  readonly isOpen?: boolean;
  readonly hasCompany?: boolean;
  readonly lines?: readonly Readonly<Record<string, string>>[];
  readonly properties?: Readonly<Record<string, string>>;
}

export const companyName = "Ærø & “Sons” GmbH";

const batch = 100;

export async function startHubSpotWorld(
  options: Parameters<typeof startSimulator>[0] = {},
): Promise<HubSpotWorld> {
  let heldMs: number | null = null;
  const simulator = await startSimulator({ now: () => heldMs ?? Date.now(), ...options });
  const { url } = simulator.hubspot;
  const stages = () => simulator.parts.portal.settings().stages;
  const wonStage = () => stages().find(({ isWon }) => isWon)?.id ?? "";
  const openStage = () => stages().find(({ isClosed }) => !isClosed)?.id ?? "";

  function api(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${simulator.parts.portal.settings().accessToken}`,
        "content-type": "application/json",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async function create(type: string, inputs: readonly unknown[]): Promise<string[]> {
    const ids: string[] = [];
    for (let from = 0; from < inputs.length; from += batch) {
      const body = { inputs: inputs.slice(from, from + batch) };
      const answer = await api("POST", `/crm/v3/objects/${type}/batch/create`, body);
      if (answer.status !== 201) throw new Error(`seeding ${type}: ${await answer.text()}`);
      const { results } = (await answer.json()) as { readonly results: { readonly id: string }[] };
      ids.push(...results.map(({ id }) => id));
    }
    return ids;
  }
  const linkTo = (id: string, associationTypeId: number) => ({
    to: { id },
    types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId }],
  });

  const [companyId = ""] = await create("companies", [
    { properties: { name: companyName, country: "Germany" }, associations: [] },
  ]);

  return {
    url,
    simulator,
    holdClock: (ms) => {
      heldMs = ms;
    },
    api,
    async winDeals(deals) {
      const wasHeld = heldMs;
      // A few seconds ago, so that all carry one stamp and none lies ahead of anybody's clock.
      heldMs ??= Date.now() - 5_000;
      try {
        const ids = await create(
          "deals",
          deals.map(({ name, isOpen, hasCompany = true, properties }) => ({
            properties: {
              dealname: name,
              dealstage: isOpen === true ? openStage() : wonStage(),
              closedate: "2026-11-01T12:00:00Z",
              deal_currency_code: "USD",
              ...properties,
            },
            associations: hasCompany ? [linkTo(companyId, 341)] : [],
          })),
        );
        await create(
          "line_items",
          deals.flatMap(({ lines = [{ quantity: "2", price: "48.21" }] }, at) =>
            lines.map((line) => ({
              properties: { name: "GTX Pro", hs_sku: "GTX-PRO", ...line },
              associations: [linkTo(ids[at] ?? "", 20)],
            })),
          ),
        );
        return ids;
      } finally {
        heldMs = wasHeld;
      }
    },
    async deal(id) {
      const names = [...simulator.parts.portal.properties("deals").keys()].join(",");
      const answer = await api("GET", `/crm/v3/objects/deals/${id}?properties=${names}`);
      const { properties } = (await answer.json()) as {
        readonly properties: Readonly<Record<string, string | null>>;
      };
      return properties;
    },
    wonStage,
    openStage,
    async seedDeal({ name, accountName, currency, quantity, unitPrice, closedOn }) {
      const [company = ""] = await create("companies", [
        { properties: { name: accountName }, associations: [] },
      ]);
      const [deal = ""] = await create("deals", [
        {
          properties: {
            dealname: name,
            dealstage: wonStage(),
            closedate: `${closedOn}T12:00:00Z`,
            deal_currency_code: currency,
          },
          associations: [linkTo(company, 341)],
        },
      ]);
      await create("line_items", [
        {
          properties: { name: "GTX Pro", hs_sku: "GTX-PRO", quantity, price: unitPrice },
          associations: [linkTo(deal, 20)],
        },
      ]);
      return deal;
    },
    async archive(dealId) {
      await api("DELETE", `/crm/v3/objects/deals/${dealId}`);
    },
    async setUp(config) {
      const { crm } = createHubSpotConnector().connect(
        { connectionId: "con_set_up", config },
        { fetch, now: Date.now },
      );
      await crm?.setUpFields?.(aCallContext());
    },
    async forgetJournal() {
      const { portal, hubspotFeed } = simulator.parts;
      const { journalKeptMs } = portal.settings();
      hubspotFeed.flush();
      portal.changeSettings({ journalKeptMs: -1 });
      hubspotFeed.trimJournal();
      portal.changeSettings({ journalKeptMs });
    },
    stop: () => simulator.stop(),
  };
}

export function hubspotConfigFor(url: string, change: Readonly<Record<string, unknown>> = {}) {
  return {
    authKind: "access_token",
    accessToken: DEFAULT_CREDENTIALS.hubspotAccessToken,
    baseUrl: url,
    searchesPerSecondMax: null,
    ...change,
  };
}

export function hubspotOAuthConfigFor(url: string, change: Readonly<Record<string, unknown>> = {}) {
  return {
    authKind: "refresh_token",
    clientId: DEFAULT_CREDENTIALS.hubspotClientId,
    clientSecret: DEFAULT_CREDENTIALS.hubspotClientSecret,
    refreshToken: DEFAULT_CREDENTIALS.hubspotRefreshToken,
    baseUrl: url,
    searchesPerSecondMax: null,
    ...change,
  };
}
