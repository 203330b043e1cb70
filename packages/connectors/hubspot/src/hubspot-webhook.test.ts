import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createHubSpotWebhooks } from "./hubspot-webhook.ts";

const webhookUri = "https://hub.example/in";
const nowMs = 1_795_000_000_000;
const receiver = createHubSpotWebhooks({ webhookUri, propertyPrefix: "usher" });

const anEvent = (change: Record<string, unknown> = {}) => ({
  eventId: 100,
  subscriptionId: 1,
  portalId: 7,
  appId: 8,
  occurredAt: nowMs - 1_000,
  subscriptionType: "deal.propertyChange",
  attemptNumber: 0,
  objectId: 4711,
  propertyName: "dealstage",
  propertyValue: "123",
  changeSource: "CRM_UI",
  ...change,
});

function verdictOf(body: unknown, uri = webhookUri) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const signature = createHmac("sha256", "s").update(`POST${uri}${text}${nowMs}`).digest("base64");
  return receiver.verify({
    request: {
      headers: {
        "x-hubspot-signature-v3": signature,
        "x-hubspot-request-timestamp": String(nowMs),
      },
      rawBody: new TextEncoder().encode(text),
    },
    secrets: ["s"],
    nowMs,
  });
}
function eventsOf(...events: unknown[]) {
  const verdict = verdictOf(events);
  if (!verdict.verified) throw new Error(verdict.detail);
  return verdict.events;
}

describe("HubSpot's webhooks", () => {
  it("an array of a hundred is a hundred events, each with its deal", () => {
    const events = eventsOf(
      ...Array.from({ length: 100 }, (_, at) => anEvent({ objectId: at + 1 })),
    );
    expect(events).toHaveLength(100);
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(100);
    expect(events[41]).toMatchObject({ dealId: "42", type: "deal.propertyChange" });
  });

  it("eventId is not unique: two changes with one id are two events", () => {
    const [one, other] = eventsOf(anEvent({ objectId: 1 }), anEvent({ objectId: 2 }));
    expect(one?.eventId).not.toBe(other?.eventId);
  });

  it.each([
    ["a further attempt", { attemptNumber: 3 }],
    ["another event id for the same change", { eventId: 999 }],
    ["a second subscription", { subscriptionId: 2 }],
  ])("%s is the same event: it acts once", (_, change) => {
    const [first, again] = eventsOf(anEvent(), anEvent(change));
    expect(again?.eventId).toBe(first?.eventId);
  });

  it("a later change of the same property is another event", () => {
    const [first, later] = eventsOf(anEvent(), anEvent({ occurredAt: nowMs }));
    expect(later?.eventId).not.toBe(first?.eventId);
  });

  it("a change of our own properties is our own echo, and means nothing", () => {
    expect(
      eventsOf(anEvent({ propertyName: "usher_status", changeSource: "INTEGRATION" })),
    ).toEqual([]);
  });

  it("a merge concerns each of its deals", () => {
    const merge = anEvent({
      subscriptionType: "deal.merge",
      objectId: undefined,
      propertyName: undefined,
      primaryObjectId: 1,
      mergedObjectIds: [2, 3],
      newObjectId: 4,
    });
    const events = eventsOf(merge);
    expect(events.map(({ dealId }) => dealId)).toEqual(["1", "4", "2", "3"]);
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(4);
  });

  it.each([
    ["DEAL_TO_LINE_ITEM", "10"],
    ["LINE_ITEM_TO_DEAL", "20"],
    ["CONTACT_TO_COMPANY", null],
  ])("a change of the association %s hints at deal %s", (associationType, dealId) => {
    const change = anEvent({
      subscriptionType: "deal.associationChange",
      objectId: undefined,
      propertyName: undefined,
      associationType,
      fromObjectId: 10,
      toObjectId: 20,
    });
    expect(eventsOf(change)[0]?.dealId).toBe(dealId);
  });

  it("a project app's generic event is a deal's by its object type", () => {
    const generic = anEvent({ subscriptionType: "object.propertyChange", objectTypeId: "0-3" });
    const other = anEvent({ subscriptionType: "object.propertyChange", objectTypeId: "0-1" });
    expect(eventsOf(generic, other).map(({ dealId }) => dealId)).toEqual(["4711", null]);
  });

  it("the older name eventType is read too", () => {
    const event = { ...anEvent({ subscriptionType: undefined }), eventType: "deal.creation" };
    expect(eventsOf(event)).toMatchObject([{ type: "deal.creation", dealId: "4711" }]);
  });

  it("a line item's event hints at no deal: who it belongs to has to be asked", () => {
    expect(
      eventsOf(anEvent({ subscriptionType: "line_item.propertyChange" }))[0]?.dealId,
    ).toBeNull();
  });

  it("one bad element is kept apart, the others go on", () => {
    const verdict = verdictOf([
      anEvent(),
      { nonsense: true },
      null,
      anEvent({ occurredAt: "soon" }),
    ]);
    expect(verdict).toMatchObject({
      verified: true,
      events: [{ dealId: "4711" }],
      unreadable: [
        { detail: expect.stringContaining("occurredAt") },
        { detail: expect.any(String), body: null },
        { detail: expect.stringContaining("occurredAt") },
      ],
    });
  });

  it.each(["{ not json", "{}", '"text"', ""])("a signed body of %j is malformed", (body) => {
    expect(verdictOf(body)).toMatchObject({ verified: false, because: "malformed" });
  });

  it("a hub that does not know its own address says so", () => {
    const blind = createHubSpotWebhooks({ webhookUri: null, propertyPrefix: "usher" });
    const request = { headers: {}, rawBody: new Uint8Array() };
    expect(blind.verify({ request, secrets: ["s"], nowMs })).toMatchObject({
      verified: false,
      detail: expect.stringContaining("webhookUri"),
    });
    expect(
      blind.verify({ request: { ...request, url: webhookUri }, secrets: ["s"], nowMs }),
    ).toMatchObject({ because: "missing" });
  });

  it("a refusal is none that HubSpot takes for final", () => {
    expect([400, 401, 403, 404, 405]).not.toContain(receiver.refusalStatus);
  });
});
