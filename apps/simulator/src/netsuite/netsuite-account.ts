import type { FaultBoard } from "../fault/fault-board.ts";
import type { Store } from "../store/store.ts";
import type { Row, Table } from "../store/table.ts";
import type { CustomerRow, ItemRow, JobRow, TransactionRow } from "./netsuite-rows.ts";

/** A certificate mapped to an integration, an entity and a role. */
export interface MappedCertificate {
  /** What `kid` names. */
  readonly id: string;
  readonly clientId: string;
  /** PEM of the certificate, or of its public key. */
  readonly publicKey: string;
  readonly expiresMs: number;
}

export interface NetSuiteCurrency {
  readonly id: string;
  /** ISO 4217. */
  readonly symbol: string;
  /** @see https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_N1397831.html */
  readonly precision: 0 | 2;
}

/** What an administrator can change, and what the account's plan allows. One row. */
export interface AccountSettings extends Row {
  /** As the UI shows it: `1234567_SB1`. */
  readonly accountId: string;
  readonly certificates: readonly MappedCertificate[];
  readonly currencies: readonly NetSuiteCurrency[];
  /** Script ids of custom transaction fields, lower case. */
  readonly customFields: readonly string[];
  /** Permissions that the integration's role lacks. */
  readonly missingPermissions: readonly ("transactions" | "customers" | "items" | "suiteql")[];
  /** True: a customer needs a subsidiary. */
  readonly isOneWorld: boolean;
  readonly tokenTtlMs: number;
  /** Requests under way at once, of all integrations together. NetSuite: 5 without any license. */
  readonly concurrentRequestsMax: number;
  /** How a request beyond that is refused: REST's own way, as a RESTlet is, or as an overloaded login. */
  readonly overloadLooksLike: "too_many_requests" | "restlet" | "invalid_login";
  /** How long a job waits in its queue. */
  readonly asyncDelayMs: number;
}

export interface NetSuiteTables {
  readonly customer: Table<CustomerRow>;
  readonly item: Table<ItemRow>;
  readonly transaction: Table<TransactionRow>;
  readonly job: Table<JobRow>;
}

/** One simulated NetSuite account: its settings, records and clock. */
export interface NetSuiteAccount {
  readonly store: Store;
  readonly faults: FaultBoard;
  readonly now: () => number;
  readonly random: () => number;
  readonly tables: NetSuiteTables;
  settings(): AccountSettings;
  changeSettings(change: Partial<Omit<AccountSettings, "id">>): AccountSettings;
  newId(): string;
}

export const BY_EXTERNAL_ID = "externalId";

export function createNetSuiteAccount(deps: {
  readonly store: Store;
  readonly faults: FaultBoard;
  readonly now: () => number;
  readonly random: () => number;
  readonly defaults: Omit<AccountSettings, "id">;
}): NetSuiteAccount {
  const { store, defaults, ...rest } = deps;
  const settingsTable = store.define<AccountSettings>("ns.settings");
  const settings = (): AccountSettings =>
    settingsTable.get("settings") ?? { id: "settings", ...defaults };
  return {
    ...rest,
    store,
    tables: {
      customer: store.define<CustomerRow>("ns.customer", {
        indexes: { [BY_EXTERNAL_ID]: (row) => row.externalId ?? undefined },
      }),
      item: store.define<ItemRow>("ns.item", {
        indexes: { [BY_EXTERNAL_ID]: (row) => row.externalId ?? undefined },
      }),
      // The external ids of all transactions are one set, whatever the type.
      transaction: store.define<TransactionRow>("ns.transaction", {
        indexes: { [BY_EXTERNAL_ID]: (row) => row.externalId ?? undefined },
      }),
      job: store.define<JobRow>("ns.job", {
        indexes: { key: (row) => row.idempotencyKey ?? undefined },
      }),
    },
    settings,
    changeSettings(change) {
      const next = { ...settings(), ...change };
      store.transact(() => store.put(settingsTable, next));
      return next;
    },
    newId: () => String(100 + store.nextSequence()),
  };
}
