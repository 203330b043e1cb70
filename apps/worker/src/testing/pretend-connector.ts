import {
  type BillingConnector,
  type CallContext,
  type ConnectorDefinition,
  ConnectorError,
  type ConnectorErrorDetail,
  type CrmConnector,
  type ErpConnector,
} from "@usher/connector-sdk/spec";
import { z } from "zod";

const configSchema = z.object({ url: z.string() });

/** The worker's side of the pretend vendor: every port, over HTTP. */
export const pretendConnector: ConnectorDefinition = {
  manifest: {
    id: "pretend",
    name: "Pretend vendor",
    version: "0.0.0",
    kinds: ["crm", "billing"],
    authKinds: [],
    secretFields: [],
    configSchema,
    allowedHosts: ["127.0.0.1"],
    scopes: [],
    limits: { concurrentCallsMax: 50, batchSizeMax: 200 },
    streams: [{ name: "deals", checkpointSchema: z.object({ after: z.number() }) }],
    webhookEvents: [],
  },
  connect: ({ config }) => {
    const { url } = configSchema.parse(config);
    const call = <Answer>(method: string, input: unknown, context: CallContext) =>
      callVendor<Answer>({ url, method, input, context });
    const crm: CrmConnector = {
      check: async () => undefined,
      readChanges: ({ checkpoint }, context) =>
        call("readChanges", { after: checkpoint?.after ?? 0 }, context),
      readDeals: (input, context) => call("readDeals", input, context),
      writeStatus: async (input, context) => {
        const [answer] = await crm.writeStatuses({ writes: [input] }, context);
        if (answer === undefined) throw new Error("no answer to one write");
        if (typeof answer === "object") throw new ConnectorError(answer.error);
        return answer;
      },
      writeStatuses: (input, context) => call("writeStatuses", input, context),
    };
    const billing: BillingConnector = {
      check: async () => undefined,
      bill: (input, context) => call("bill", input, context),
      cancelBilling: async (input, context) => {
        await call("cancelBilling", input, context);
      },
      readChange: (input, context) => call("readChange", input, context),
    };
    return { crm, billing, webhooks: null, close: async () => undefined };
  },
};

/** The same vendor's ERP, as a connection of its own. */
export const pretendErpConnector: ConnectorDefinition = {
  manifest: {
    ...pretendConnector.manifest,
    id: "pretend-erp",
    name: "Pretend ERP",
    kinds: ["erp"],
    streams: [],
  },
  connect: ({ config }) => {
    const { url } = configSchema.parse(config);
    const call = <Answer>(method: string, input: unknown, context: CallContext) =>
      callVendor<Answer>({ url, method, input, context });
    const erp: ErpConnector = {
      check: async () => undefined,
      upsertCustomer: async ({ customerId }) => ({ remoteCustomerId: `party_${customerId}` }),
      upsertItem: async ({ sku }) => ({ remoteItemId: sku }),
      bookOrder: (input, context) => call("bookOrder", input, context),
      amendOrder: (input, context) => call("bookOrder", input, context),
      cancelOrder: async (input, context) => {
        await call("cancelOrder", input, context);
      },
      readInvoices: async () => ({ state: "none", invoices: [] }),
    };
    return { crm: null, billing: null, erp, webhooks: null, close: async () => undefined };
  },
};

async function callVendor<Answer>({
  url,
  method,
  input,
  context,
}: {
  readonly url: string;
  readonly method: string;
  readonly input: unknown;
  readonly context: CallContext;
}): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(`${url}/${method}`, {
      method: "POST",
      body: JSON.stringify(input),
      signal: context.signal,
    });
  } catch (cause) {
    throw new ConnectorError(
      {
        category: "transient",
        message: `No answer from ${method}`,
        vendorCode: null,
        vendorRequestId: null,
        retryAfterMs: null,
        where: null,
      },
      { cause },
    );
  }
  const body: unknown = await response.json();
  if (!response.ok) throw new ConnectorError(body as ConnectorErrorDetail);
  return body as Answer;
}
