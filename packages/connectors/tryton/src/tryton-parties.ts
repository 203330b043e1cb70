import { parseShape } from "@usher/connector-sdk/http";
import type { CallContext, ErpCustomer } from "@usher/connector-sdk/spec";
import { z } from "zod";
import { findOrMake } from "./find-or-make.ts";
import { createRemembered } from "./remembered.ts";
import type { TrytonClient } from "./tryton-client.ts";
import type { TrytonCompanies } from "./tryton-company.ts";
import { customerMark } from "./tryton-marks.ts";
import { trytonId } from "./tryton-values.ts";

export interface TrytonParties {
  /** The customer's party, made on first use. */
  ensure(customer: ErpCustomer, context: CallContext): Promise<number>;
  /** A party that was remembered is looked for again: it may be gone. */
  forget(customerId: string): void;
}

const ids = z.array(trytonId);
const remoteId = z.coerce.number().pipe(trytonId);

/**
 * Parties by an identifier on them: Usher's id of the customer, or the CRM's id of the account,
 * which is how a person in the ERP links a customer who was there before. Neither a party's name
 * nor its code says who it is.
 */
export function createTrytonParties(input: {
  readonly client: TrytonClient;
  readonly companies: TrytonCompanies;
}): TrytonParties {
  const { client, companies } = input;
  const known = createRemembered();

  async function ensure(customer: ErpCustomer, context: CallContext): Promise<number> {
    const { context: inCompany } = await companies.current(context);
    const what = `the party of customer ${customer.externalId}`;
    const own = customerMark(customer.customerId);
    const call = <Schema extends z.ZodType>(
      method: string,
      parameters: readonly unknown[],
      said: { readonly isWrite: boolean; readonly what: string; readonly result: Schema },
    ) =>
      client.call(
        { method: `model.party.party.${method}`, parameters, context: inCompany, ...said },
        context,
      );
    return findOrMake({
      find: () =>
        call(
          "search",
          [
            [
              [
                "identifiers",
                "where",
                [
                  ["code", "in", [own, customer.externalId]],
                  ["type", "=", null],
                ],
              ],
            ],
            0,
            10,
            [["id", "ASC"]],
          ],
          { isWrite: false, what: `Looking for ${what}`, result: ids },
        ),
      make: async () => {
        const country =
          customer.country === null ? null : await companies.country(customer.country, context);
        const made = await call(
          "create",
          [
            [
              {
                name: customer.name,
                addresses: [["create", [country === null ? {} : { country }]]],
                identifiers: [["create", [{ code: own }, { code: customer.externalId }]]],
              },
            ],
          ],
          { isWrite: true, what: `Making ${what}`, result: ids.min(1) },
        );
        return made[0] as number;
      },
      remove: async (id) => {
        await call("delete", [[id]], {
          isWrite: true,
          what: `Removing a second copy of ${what}`,
          result: z.unknown(),
        });
      },
    });
  }

  return {
    async ensure(customer, context) {
      const { remoteCustomerId: given } = customer;
      if (given !== undefined && given !== null) {
        return parseShape({ schema: remoteId, value: given, what: "The remote customer id" });
      }
      return known.once(customer.customerId, () => ensure(customer, context));
    },
    forget: known.forget,
  };
}
