import { createHmac } from "node:crypto";
import type { HttpAnswer } from "../http-answer.ts";
import type { JournalEntry } from "./change-feed.ts";
import {
  answer,
  bodyOf,
  type HubSpotCall,
  type HubSpotOperation,
  textsOf,
} from "./hubspot-call.ts";
import { objectNotFound, validationError } from "./hubspot-error.ts";

const READ = "developer.webhooks_journal.read";
const FILE_MS = 5 * 60_000;

/**
 * The journal of one account: entries in order, each a file behind a signed address, for three days.
 * @see https://developers.hubspot.com/docs/api-reference/latest/webhooks-journal/journal-entries/guide
 */
export const JOURNAL_CALLS: readonly HubSpotOperation[] = [
  {
    method: "get",
    path: "/webhooks-journal/journal-local/2026-03/earliest",
    name: "journal.earliest",
    scope: READ,
    run: (call) => entryAnswer(call, entriesOf(call)[0]),
  },
  {
    method: "get",
    path: "/webhooks-journal/journal-local/2026-03/latest",
    name: "journal.latest",
    scope: READ,
    run: (call) => entryAnswer(call, entriesOf(call).at(-1)),
  },
  {
    method: "get",
    path: "/webhooks-journal/journal-local/2026-03/offset/:offset/next",
    name: "journal.next",
    scope: READ,
    run(call) {
      const entries = entriesOf(call);
      const at = entries.findIndex((entry) => entry.id === call.param("offset"));
      if (at < 0) throw objectNotFound("The offset has expired or does not exist.");
      return entryAnswer(call, entries[at + 1]);
    },
  },
  {
    method: "get",
    path: "/webhooks-journal/subscriptions/2026-03",
    name: "journal.subscriptions",
    scope: "developer.webhooks_journal.subscriptions.read",
    run: (call) =>
      answer(200, {
        results: call.portal
          .settings()
          .journalSubscriptions.map((one) => showSubscription(call, one)),
      }),
  },
  {
    method: "post",
    path: "/webhooks-journal/subscriptions/2026-03",
    name: "journal.subscribe",
    scope: "developer.webhooks_journal.subscriptions.write",
    run: subscribe,
  },
];

/** `GET /journal-files/:name`: without a token; the address itself is signed and ends soon. */
export function journalFile(input: {
  readonly entry: JournalEntry | undefined;
  readonly query: URLSearchParams;
  readonly nowMs: number;
  readonly secret: string;
}): HttpAnswer {
  const { entry, query, nowMs, secret } = input;
  const expires = query.get("expires") ?? "";
  const isGood =
    entry !== undefined &&
    Number(expires) >= nowMs &&
    query.get("signature") === signatureOf(secret, entry.id, expires);
  if (!isGood)
    return {
      status: 403,
      headers: { "content-type": "application/xml" },
      body: "<Error><Code>AccessDenied</Code></Error>",
    };
  return answer(200, {
    offset: entry.id,
    journalEvents: entry.events,
    publishedAt: new Date(entry.publishedMs).toISOString(),
  });
}

function entriesOf(call: HubSpotCall): JournalEntry[] {
  const portalId = call.query.get("installPortalId");
  if (portalId !== null && Number(portalId) !== call.portal.settings().portalId)
    throw objectNotFound("The app is not installed in this account.");
  call.feed.flush();
  call.feed.trimJournal();
  return [...call.feed.journal.ascending()];
}

/** 204: there is none (yet). */
function entryAnswer(call: HubSpotCall, entry: JournalEntry | undefined): HttpAnswer {
  if (entry === undefined) return answer(204, undefined);
  const expires = String(call.portal.now() + FILE_MS);
  const signature = signatureOf(call.portal.settings().accessToken, entry.id, expires);
  return answer(200, {
    url: `${call.origin}/journal-files/${entry.id}.json?expires=${expires}&signature=${signature}`,
    expiresAt: new Date(Number(expires)).toISOString(),
    currentOffset: entry.id,
  });
}

function subscribe(call: HubSpotCall): HttpAnswer {
  const body = bodyOf(call);
  const { objectTypeId, portalId } = body;
  if (body["subscriptionType"] !== "OBJECT" || typeof objectTypeId !== "string")
    throw validationError("Only subscriptionType OBJECT with an objectTypeId is supported here.");
  if (portalId !== call.portal.settings().portalId)
    throw validationError(`portalId ${String(portalId)} has not installed this app.`);
  const { journalSubscriptions } = call.portal.settings();
  const known = journalSubscriptions.find((one) => one.objectTypeId === objectTypeId);
  const subscription = {
    id: known?.id ?? call.portal.store.nextSequence(),
    objectTypeId,
    actions: textsOf(body["actions"]),
    properties: textsOf(body["properties"]),
  };
  call.portal.changeSettings({
    journalSubscriptions: [...journalSubscriptions.filter((one) => one !== known), subscription],
  });
  return answer(200, showSubscription(call, subscription));
}

function showSubscription(
  { portal }: HubSpotCall,
  one: {
    readonly id: number;
    readonly objectTypeId: string;
    readonly actions: readonly string[];
    readonly properties: readonly string[];
  },
) {
  const at = new Date(portal.now()).toISOString();
  const { portalId, appId } = portal.settings();
  return {
    ...one,
    subscriptionType: "OBJECT",
    portalId,
    appId,
    objectIds: [],
    createdAt: at,
    updatedAt: at,
  };
}

function signatureOf(secret: string, id: string, expires: string): string {
  return createHmac("sha256", secret).update(`${id}:${expires}`).digest("hex");
}
