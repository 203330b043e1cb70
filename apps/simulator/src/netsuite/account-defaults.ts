import type { AccountSettings, NetSuiteCurrency } from "./netsuite-account.ts";

const currency = (id: number, symbol: string, precision: 0 | 2): NetSuiteCurrency => ({
  id: String(id),
  symbol,
  precision,
});

/** A new account: no certificate is mapped yet, the fields of the connector's set-up are there. */
export function accountDefaults(input: {
  readonly accountId: string;
}): Omit<AccountSettings, "id"> {
  return {
    accountId: input.accountId,
    certificates: [],
    currencies: [
      currency(1, "USD", 2),
      currency(2, "GBP", 2),
      currency(3, "CAD", 2),
      currency(4, "EUR", 2),
      currency(5, "JPY", 0),
      // Two decimals for a currency that has three: NetSuite knows precisions of 0 and 2 only.
      currency(6, "KWD", 2),
    ],
    customFields: ["custbody_usher_order", "custbody_usher_revision", "custcol_usher_line"],
    missingPermissions: [],
    isOneWorld: false,
    tokenTtlMs: 60 * 60_000,
    concurrentRequestsMax: 5,
    overloadLooksLike: "too_many_requests",
    asyncDelayMs: 0,
  };
}
