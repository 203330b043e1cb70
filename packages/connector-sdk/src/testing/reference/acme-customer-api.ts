import { z } from "zod";

/** What is used of Acme's answers about customers. https://api.acme.example/docs/customers */

export const acmeCustomer = z.looseObject({ id: z.string() });

export const acmeCustomers = z.looseObject({ customers: z.array(acmeCustomer) });
