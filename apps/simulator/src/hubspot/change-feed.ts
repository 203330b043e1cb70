import { randomUUID } from "node:crypto";
import type { Row, Table } from "../store/table.ts";
import type { End } from "./associations.ts";
import { singularOf, typeIdOf } from "./object-types.ts";
import type { JournalSubscription, Portal } from "./portal.ts";

/** What happened to one record in one transaction. */
export interface RecordChange {
  readonly end: End;
  readonly action: "CREATE" | "UPDATE" | "DELETE";
  /** New values by property; the empty text for one that was emptied. */
  readonly changed: Readonly<Record<string, string>>;
  readonly source: "CRM_UI" | "INTEGRATION";
  /** Set: a link of the record came or went. */
  readonly link?: { readonly to: End; readonly isRemoved: boolean };
}

interface WaitingChange extends Row, RecordChange {
  readonly eventId: number;
  readonly occurredMs: number;
}

/** Events posted together: at most 100. */
interface EventBatch extends Row {
  readonly order: number;
  readonly events: readonly WebhookEvent[];
}

/** One element of a webhook's array. */
export interface WebhookEvent {
  readonly eventId: number;
  readonly subscriptionId: number;
  readonly portalId: number;
  readonly appId: number;
  readonly occurredAt: number;
  readonly subscriptionType: string;
  readonly objectId?: number;
  readonly [field: string]: unknown;
}

/** One file of the journal. */
export interface JournalEntry extends Row {
  readonly order: number;
  readonly publishedMs: number;
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

/**
 * What is told of changes: batches for webhooks, entries for the journal. Changes of some
 * milliseconds go together; nothing that was committed is lost by a kill.
 */
export interface ChangeFeed {
  readonly journal: Table<JournalEntry>;
  /** Inside the transaction of the change. */
  record(change: RecordChange): void;
  /** Tells now what waits. */
  flush(): void;
  /** The array that is posted; null when the batch is gone. */
  batchBody(batchId: string, attempt: number): string | undefined;
  /** Drops entries that are older than the portal keeps them. */
  trimJournal(): void;
  stop(): void;
}

const EVENTS_PER_REQUEST = 100;
const GATHER_MS = 5;
const BATCHES_KEPT = 1_000;

export function createChangeFeed(portal: Portal): ChangeFeed {
  const { store } = portal;
  const waiting = store.define<WaitingChange>("hs.change");
  const batches = store.define<EventBatch>("hs.batch", { orderBy: (row) => row.order });
  const journal = store.define<JournalEntry>("hs.journal", { orderBy: (row) => row.order });
  let timer: NodeJS.Timeout | undefined;

  function record(change: RecordChange) {
    const { journalSubscriptions } = portal.settings();
    const hasEndpoint = portal.webhooks.endpoints.where("vendor", "hubspot").length > 0;
    if (!hasEndpoint && journalSubscriptions.length === 0) return;
    store.put(waiting, {
      ...change,
      id: String(store.nextSequence()).padStart(15, "0"),
      // The vendor does not promise that it is unique; here it is one number a transaction.
      eventId: store.currentTransaction(),
      occurredMs: portal.now(),
    });
    store.afterCommit(() => {
      timer ??= setTimeout(flush, GATHER_MS).unref();
    });
  }

  function flush() {
    clearTimeout(timer);
    timer = undefined;
    const changes = [...waiting.all()].sort((one, other) => (one.id < other.id ? -1 : 1));
    if (changes.length === 0) return;
    store.transact(() => {
      for (const change of changes) store.remove(waiting, change.id);
      publishWebhooks(changes.flatMap((change) => webhookEvents(portal, change)));
      publishJournal(changes.flatMap((change) => journalEvents(portal, change)));
    });
  }

  function publishWebhooks(events: readonly WebhookEvent[]) {
    if (portal.webhooks.endpoints.where("vendor", "hubspot").length === 0) return;
    for (let from = 0; from < events.length; from += EVENTS_PER_REQUEST) {
      const order = store.nextSequence();
      const batch = {
        id: `batch_${order}`,
        order,
        events: events.slice(from, from + EVENTS_PER_REQUEST),
      };
      store.put(batches, batch);
      portal.webhooks.announce({ vendor: "hubspot", id: batch.id, type: "events" });
    }
    for (const old of batches.ascending()) {
      if (batches.size <= BATCHES_KEPT) break;
      if (portal.webhooks.deliveries.countWhere("event", old.id) === 0)
        store.remove(batches, old.id);
      else break;
    }
  }

  function publishJournal(events: readonly Readonly<Record<string, unknown>>[]) {
    if (events.length === 0) return;
    store.put(journal, {
      id: randomUUID(),
      order: store.nextSequence(),
      publishedMs: portal.now(),
      events,
    });
  }

  return {
    journal,
    record,
    flush,
    batchBody(batchId, attempt) {
      const batch = batches.get(batchId);
      return (
        batch && JSON.stringify(batch.events.map((one) => ({ ...one, attemptNumber: attempt - 1 })))
      );
    },
    trimJournal() {
      const oldestMs = portal.now() - portal.settings().journalKeptMs;
      const gone = [...journal.all()].filter((entry) => entry.publishedMs < oldestMs);
      store.transact(() => {
        for (const entry of gone) store.remove(journal, entry.id);
      });
    },
    stop: () => clearTimeout(timer),
  };
}

/** Ids of subscriptions are made of what they subscribe to: there is no page here to make them on. */
function subscriptionId(text: string): number {
  let sum = 0;
  for (const character of text) sum = (sum * 31 + character.charCodeAt(0)) % 1_000_000;
  return 1_000_000 + sum;
}

/** @see https://developers.hubspot.com/docs/api-reference/legacy/webhooks/guide */
function webhookEvents(portal: Portal, change: WaitingChange): WebhookEvent[] {
  const { end, action, link } = change;
  const { portalId, appId, announcedProperties, echoWebhooks } = portal.settings();
  if (end.type !== "deals" && end.type !== "line_items") return [];
  const kind = singularOf(end.type);
  const event = (name: string, rest: Record<string, unknown>): WebhookEvent => ({
    eventId: change.eventId,
    subscriptionId: subscriptionId(`${kind}.${name}:${String(rest["propertyName"] ?? "")}`),
    portalId,
    appId,
    occurredAt: change.occurredMs,
    subscriptionType: `${kind}.${name}`,
    changeSource: change.source,
    ...rest,
  });
  if (link !== undefined) {
    return [
      event("associationChange", {
        associationType: `${kind.toUpperCase()}_TO_${singularOf(link.to.type).toUpperCase()}`,
        fromObjectId: Number(end.id),
        toObjectId: Number(link.to.id),
        associationRemoved: link.isRemoved,
        isPrimaryAssociation: false,
      }),
    ];
  }
  const objectId = Number(end.id);
  if (action === "CREATE") return [event("creation", { objectId, changeFlag: "NEW" })];
  if (action === "DELETE") return [event("deletion", { objectId, changeFlag: "DELETED" })];
  return Object.entries(change.changed)
    .filter(([name]) => echoWebhooks || announcedProperties.includes(name))
    .map(([propertyName, propertyValue]) =>
      event("propertyChange", { objectId, propertyName, propertyValue }),
    );
}

/** @see https://developers.hubspot.com/docs/api-reference/latest/webhooks-journal/guide */
function journalEvents(portal: Portal, change: WaitingChange): Readonly<Record<string, unknown>>[] {
  const { portalId, journalSubscriptions } = portal.settings();
  const objectTypeId = typeIdOf(change.end.type);
  const names = Object.keys(change.changed);
  const wants = (one: JournalSubscription) =>
    one.objectTypeId === objectTypeId &&
    one.actions.includes(change.action) &&
    (change.action !== "UPDATE" ||
      one.properties.length === 0 ||
      one.properties.some((name) => names.includes(name)));
  if (!journalSubscriptions.some(wants)) return [];
  return [
    {
      type: "crmObject",
      portalId,
      occurredAt: new Date(change.occurredMs).toISOString(),
      action: change.action,
      objectTypeId,
      objectId: Number(change.end.id),
      propertyChanges: change.changed,
    },
  ];
}
