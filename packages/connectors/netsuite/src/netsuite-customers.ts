import { connectorFailure, parseShape } from "@usher/connector-sdk/http";
import { type CallContext, type ErpCustomer, isConnectorError } from "@usher/connector-sdk/spec";
import { z } from "zod";
import { toExternalId } from "./external-id.ts";
import type { NetsuiteClient } from "./netsuite-client.ts";
import type { NetsuiteConfig } from "./netsuite-config.ts";
import { internalId } from "./netsuite-order-api.ts";
import type { NetsuiteRecordWriter } from "./netsuite-record-writer.ts";

export interface NetsuiteCustomers {
  /** The customer's internal id, made on first use; a new one is billed in `currency`, an internal id. */
  ensure(
    input: { readonly customer: ErpCustomer; readonly currency: string | null },
    context: CallContext,
  ): Promise<string>;
  /** What was remembered may be gone over there; the next call looks. */
  forget(customerId: string): void;
}

const row = z.looseObject({ id: internalId, externalid: z.string().optional() });
const rememberedMax = 20_000;

/**
 * Customers by their external id: Usher's id of the customer, or the CRM's id of the account, which
 * is how a person links a customer who was there before. A name says nothing about who it is.
 */
export function createNetsuiteCustomers(input: {
  readonly client: NetsuiteClient;
  readonly writer: NetsuiteRecordWriter;
  readonly config: NetsuiteConfig;
}): NetsuiteCustomers {
  const { client, writer, config } = input;
  const known = new Map<string, Promise<string>>();

  async function find(customer: ErpCustomer, context: CallContext): Promise<string | null> {
    const own = toExternalId(customer.customerId);
    const found = await client.query(
      {
        columns: ["id", "externalid"],
        table: "customer",
        where: { externalid: [own, customer.externalId] },
        key: "id",
        row,
        what: `Looking for the customer ${customer.externalId}`,
      },
      context,
    );
    // What a person linked comes before what Usher made.
    const linked = found.find(({ externalid }) => externalid === customer.externalId);
    return (linked ?? found[0])?.id ?? null;
  }

  async function ensure(
    customer: ErpCustomer,
    currency: string | null,
    context: CallContext,
  ): Promise<string> {
    const standing = await find(customer, context);
    if (standing !== null) return standing;
    const { subsidiary } = config;
    const { country } = customer;
    const what = `Making the customer ${customer.externalId}`;
    try {
      const id = await writer.upsert(
        {
          record: "customer",
          externalId: toExternalId(customer.customerId),
          body: {
            companyName: customer.name,
            isPerson: false,
            ...(currency === null ? {} : { currency: { id: currency } }),
            ...(subsidiary === null ? {} : { subsidiary: { id: subsidiary } }),
            ...(country === null
              ? {}
              : { addressBook: { items: [{ addressBookAddress: { country: { id: country } } }] } }),
          },
          what,
        },
        context,
      );
      if (id !== null) return id;
    } catch (error) {
      if (!isConnectorError(error) || error.detail.category !== "duplicate") throw error;
      // Another worker was faster, or a stranger has the name: the next look tells which.
      const now = await find(customer, context);
      if (now !== null) return now;
      throw nameIsTaken(customer, error);
    }
    const made = await find(customer, context);
    if (made !== null) return made;
    throw connectorFailure({
      category: "conflict_stale",
      message: `${what}: it is not found after it was made; somebody removes it, or changes its external id.`,
    });
  }

  return {
    async ensure({ customer, currency }, context) {
      const { remoteCustomerId: given } = customer;
      if (given !== undefined && given !== null) {
        return parseShape({ schema: internalId, value: given, what: "The remote customer id" });
      }
      const held = known.get(customer.customerId);
      if (held !== undefined) return held;
      if (known.size >= rememberedMax) known.clear();
      const pending = ensure(customer, currency, context);
      known.set(customer.customerId, pending);
      pending.catch(() => known.delete(customer.customerId));
      return pending;
    },
    forget: (customerId) => {
      known.delete(customerId);
    },
  };
}

function nameIsTaken(customer: ErpCustomer, cause: unknown) {
  return connectorFailure({
    category: "validation",
    message: `NetSuite has another record under the name of customer ${customer.externalId}. If it is the same company, enter ${customer.externalId} as its External ID; otherwise turn on auto-generated numbers for customers.`,
    where: { record: `NetSuite customer ${customer.externalId}`, field: "externalId" },
    cause,
  });
}
