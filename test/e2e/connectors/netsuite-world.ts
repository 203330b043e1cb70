import { generateKeyPairSync } from "node:crypto";
import { createNetsuiteConnector } from "@usher/connector-netsuite";
import type { ErpConnector } from "@usher/connector-sdk/spec";
import { DEFAULT_CREDENTIALS, startSimulator } from "@usher/simulator";

/** A simulated account over real HTTP, and what an administrator and accounting do in it. */
export interface NetsuiteWorld {
  readonly url: string;
  readonly simulator: Awaited<ReturnType<typeof startSimulator>>;
  /** Of a connection to `url`, with the certificate that was mapped. */
  config(url: string, change?: Readonly<Record<string, unknown>>): Record<string, unknown>;
  /** A call of the control routes, whatever it answers. */
  control<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** What NetSuite shows of an order; null where it has none. */
  order(externalId: string): Promise<OrderSeen | null>;
  bill(externalId: string): Promise<DocumentSeen>;
  stop(): Promise<void>;
}

interface DocumentSeen {
  readonly id: string;
  readonly type: "salesOrder" | "invoice" | "creditMemo";
  readonly external_id: string | null;
  readonly status: string;
  readonly subtotal: string;
  readonly revision: string | null;
  readonly lines: readonly {
    readonly line: number;
    readonly item: string;
    readonly quantity: string;
    readonly rate: string;
    readonly quantity_billed: string;
    readonly is_closed: boolean;
    readonly usher_line: string | null;
  }[];
}

export interface OrderSeen extends DocumentSeen {
  /** Invoices and credits. */
  readonly following: readonly DocumentSeen[];
}

/** Of RSA with 3,072 bits, the least NetSuite takes; made once a file, since it takes a while. */
export const netsuiteKey = generateKeyPairSync("rsa", {
  modulusLength: 3_072,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

/** Maps the certificate of `publicKey` to the integration. Its id. */
export async function mapCertificate(input: {
  readonly simulatorUrl: string;
  readonly publicKey?: string;
}): Promise<string> {
  const answer = await fetch(`${input.simulatorUrl}/control/netsuite/certificates`, {
    method: "POST",
    body: JSON.stringify({
      client_id: DEFAULT_CREDENTIALS.netsuiteClientId,
      public_key: input.publicKey ?? netsuiteKey.publicKey,
    }),
  });
  const { certificate_id } = (await answer.json()) as { readonly certificate_id: string };
  return certificate_id;
}

export async function startNetsuiteWorld(
  options: Parameters<typeof startSimulator>[0] = {},
): Promise<NetsuiteWorld> {
  const simulator = await startSimulator(options);
  const { url } = simulator.netsuite;
  const certificateId = await mapCertificate({ simulatorUrl: simulator.url });

  async function control<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${simulator.url}/control/netsuite${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as T;
  }

  return {
    url,
    simulator,
    control,
    config: (at, change = {}) => ({
      accountId: DEFAULT_CREDENTIALS.netsuiteAccountId,
      clientId: DEFAULT_CREDENTIALS.netsuiteClientId,
      certificateId,
      privateKey: netsuiteKey.privateKey,
      incomeAccount: "54",
      baseUrl: at,
      ...change,
    }),
    async order(externalId) {
      const seen = await control<OrderSeen | { readonly error: string }>(
        "GET",
        `/orders/${encodeURIComponent(externalId)}`,
      );
      return "error" in seen ? null : seen;
    },
    bill: (externalId) => control("POST", `/orders/${externalId}/bill`),
    stop: () => simulator.stop(),
  };
}

export function connectNetsuite(input: {
  readonly config: Readonly<Record<string, unknown>>;
  readonly now?: () => number;
  readonly fetch?: typeof fetch;
}): ErpConnector {
  const { erp } = createNetsuiteConnector().connect(
    { connectionId: "con_traps", config: input.config },
    { fetch: input.fetch ?? fetch, now: input.now ?? Date.now },
  );
  if (erp === null || erp === undefined) throw new Error("NetSuite is an ERP");
  return erp;
}
