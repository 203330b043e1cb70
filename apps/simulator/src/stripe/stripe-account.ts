import type { FaultBoard } from "../fault/fault-board.ts";
import type { Store } from "../store/store.ts";
import type { Row, Table } from "../store/table.ts";
import type { WebhookCenter } from "../webhook/webhook-center.ts";
import type { CheckoutSessionRow } from "./checkout-rows.ts";
import type { FeatureRow, ProductFeatureRow } from "./feature-rows.ts";
import type {
  CreditNoteRow,
  CustomerRow,
  EventRow,
  IdempotencyRow,
  InvoiceItemRow,
  InvoiceRow,
  PriceRow,
  ProductRow,
  ResourceKind,
  ResourceRows,
  SubscriptionRow,
} from "./stripe-rows.ts";
import type { SubscriptionScheduleRow } from "./subscription-schedule-rows.ts";

/** What the account's owner can change. One row. */
export interface AccountSettings extends Row {
  readonly secretKey: string;
  /** A key that was rolled and has not expired yet. @see https://docs.stripe.com/keys#rolling-keys */
  readonly oldSecretKey?: string | null;
  /** Makes ids of this account differ from another's. */
  readonly idSalt: string;
  /** The test payment method a new customer is given. */
  readonly defaultPayment: "succeeds" | "fails" | "none";
  /** A draft that advances by itself is finalized after this long; Stripe waits about an hour. */
  readonly autoFinalizeAfterMs: number;
  /** Search finds an object only this long after it was written; Stripe says under a minute. */
  readonly searchLagMs: number;
  /** Webhooks bring thin events instead of snapshots. */
  readonly thinEvents?: boolean;
}

/** Who asked for a change: what its events say in `request`. */
export interface Caller {
  readonly requestId: string | null;
  readonly idempotencyKey: string | null;
}

export const NOBODY: Caller = { requestId: null, idempotencyKey: null };

/** Payment methods of the test account: the one pays, the other is declined. */
export const PAYMENT_METHODS = {
  succeeds: "pm_card_visa",
  fails: "pm_card_chargeCustomerFail",
} as const;

export const API_VERSION = "2026-10-28.endive";

/** One simulated Stripe account: its settings, tables and clock. */
export interface StripeAccount {
  readonly store: Store;
  readonly faults: FaultBoard;
  readonly webhooks: WebhookCenter;
  readonly now: () => number;
  readonly tables: { readonly [Kind in ResourceKind]: Table<ResourceRows[Kind]> };
  readonly events: Table<EventRow>;
  readonly features: Table<FeatureRow>;
  readonly productFeatures: Table<ProductFeatureRow>;
  readonly idempotency: Table<IdempotencyRow>;
  settings(): AccountSettings;
  changeSettings(change: Partial<Omit<AccountSettings, "id">>): AccountSettings;
  /** Where customers find their pages: Stripe's own host until somebody serves them. */
  pagesOrigin(): string;
  servePagesAt(origin: string): void;
  /** Unix seconds. */
  nowSeconds(): number;
  /** A new id with its place in the order of creation. */
  newId(prefix: string): { readonly id: string; readonly sequence: number };
}

export function createStripeAccount(deps: {
  readonly store: Store;
  readonly faults: FaultBoard;
  readonly webhooks: WebhookCenter;
  readonly now: () => number;
  readonly defaults: Omit<AccountSettings, "id">;
}): StripeAccount {
  const { store, faults, webhooks, now, defaults } = deps;
  let pagesOrigin = "https://checkout.stripe.com";
  const settingsTable = store.define<AccountSettings>("stripe.settings");
  const settings = () => settingsTable.get("settings") ?? { id: "settings", ...defaults };
  const bySequence = (row: { readonly sequence: number }) => row.sequence;
  const metadataKeys = (row: { readonly metadata: Readonly<Record<string, string>> }) =>
    Object.entries(row.metadata).map(([key, value]) => metadataKey(key, value));

  const tables: StripeAccount["tables"] = {
    customer: store.define<CustomerRow>("stripe.customer", {
      orderBy: bySequence,
      indexes: { metadata: metadataKeys, email: (row) => row.email ?? undefined },
    }),
    product: store.define<ProductRow>("stripe.product", {
      orderBy: bySequence,
      indexes: { metadata: metadataKeys },
    }),
    price: store.define<PriceRow>("stripe.price", {
      orderBy: bySequence,
      indexes: {
        metadata: metadataKeys,
        lookupKey: (row) => row.lookupKey ?? undefined,
        product: (row) => row.product,
      },
    }),
    subscription: store.define<SubscriptionRow>("stripe.subscription", {
      orderBy: bySequence,
      indexes: { metadata: metadataKeys, customer: (row) => row.customer },
    }),
    subscription_schedule: store.define<SubscriptionScheduleRow>("stripe.subscription_schedule", {
      orderBy: bySequence,
      indexes: {
        customer: (row) => row.customer,
        waiting: (row) => (row.status === "not_started" ? "yes" : undefined),
      },
    }),
    "checkout.session": store.define<CheckoutSessionRow>("stripe.checkout_session", {
      orderBy: bySequence,
      indexes: { customer: (row) => row.customer, status: (row) => row.status },
    }),
    invoice: store.define<InvoiceRow>("stripe.invoice", {
      orderBy: bySequence,
      indexes: {
        metadata: metadataKeys,
        customer: (row) => row.customer,
        subscription: (row) => row.subscription ?? undefined,
        waiting: (row) =>
          row.status === "draft" && row.autoFinalizesAt !== null ? "yes" : undefined,
      },
    }),
    invoiceitem: store.define<InvoiceItemRow>("stripe.invoiceitem", {
      orderBy: bySequence,
      indexes: {
        customer: (row) => row.customer,
        invoice: (row) => row.invoice ?? undefined,
        pending: (row) => (row.invoice === null ? row.customer : undefined),
      },
    }),
    credit_note: store.define<CreditNoteRow>("stripe.credit_note", {
      orderBy: bySequence,
      indexes: { customer: (row) => row.customer, invoice: (row) => row.invoice },
    }),
  };

  return {
    store,
    faults,
    webhooks,
    now,
    tables,
    events: store.define<EventRow>("stripe.event", {
      orderBy: bySequence,
      indexes: { type: (row) => row.type },
    }),
    features: store.define<FeatureRow>("stripe.feature", {
      orderBy: bySequence,
      indexes: { lookupKey: (row) => row.lookupKey },
    }),
    productFeatures: store.define<ProductFeatureRow>("stripe.product_feature", {
      orderBy: bySequence,
      indexes: { product: (row) => row.product },
    }),
    idempotency: store.define<IdempotencyRow>("stripe.idempotency"),
    settings,
    changeSettings(change) {
      const next = { ...settings(), ...change };
      store.transact(() => store.put(settingsTable, next));
      return next;
    },
    pagesOrigin: () => pagesOrigin,
    servePagesAt(origin) {
      pagesOrigin = origin;
    },
    nowSeconds: () => Math.floor(now() / 1000),
    newId(prefix) {
      const sequence = store.nextSequence();
      return { id: `${prefix}_${settings().idSalt}${scramble(sequence)}`, sequence };
    },
  };
}

export function metadataKey(key: string, value: string): string {
  return `${key}\u0000${value}`;
}

const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const RANGE = 62n ** 8n;
/** Odd and no multiple of 31, so multiplication modulo 62^8 never maps two numbers to one. */
const FACTOR = 96_764_261_573n;

/** Eight characters that look random and never repeat. */
function scramble(sequence: number): string {
  let rest = (BigInt(sequence) * FACTOR) % RANGE;
  let text = "";
  for (let place = 0; place < 8; place += 1) {
    text = LETTERS[Number(rest % 62n)] + text;
    rest /= 62n;
  }
  return text;
}
