import type { CallContext } from "../../spec/index.ts";
import type { AcmeClient } from "./acme-client.ts";
import { acmeCustomer, acmeCustomers } from "./acme-customer-api.ts";
import { isTaken } from "./is-taken.ts";

/** Finds the customer by our id or makes it; the loser of a race goes on with the winner's. */
export async function findOrMakeCustomer(input: {
  readonly customer: {
    readonly customerId: string;
    readonly name: string;
    readonly country: string | null;
  };
  readonly client: AcmeClient;
  readonly context: CallContext;
}): Promise<string> {
  const { customer, client, context } = input;
  const found = await findCustomer(input);
  if (found !== null) return found;
  try {
    const made = await client.send(
      {
        method: "POST",
        path: "/v1/customers",
        body: {
          external_key: customer.customerId,
          name: customer.name,
          country: customer.country,
        },
        what: `Making customer ${customer.customerId}`,
        schema: acmeCustomer,
        record: customer.customerId,
      },
      context,
    );
    return made.id;
  } catch (error) {
    const existing = isTaken(error) ? await findCustomer(input) : null;
    if (existing === null) throw error;
    return existing;
  }
}

async function findCustomer({
  customer,
  client,
  context,
}: Parameters<typeof findOrMakeCustomer>[0]): Promise<string | null> {
  const { customers } = await client.send(
    {
      method: "GET",
      path: "/v1/customers",
      query: { external_key: customer.customerId },
      what: `Looking for customer ${customer.customerId}`,
      schema: acmeCustomers,
    },
    context,
  );
  return customers[0]?.id ?? null;
}
