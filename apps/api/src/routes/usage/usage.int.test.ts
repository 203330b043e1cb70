import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiRig, startApiRig } from "../../testing/api-rig.ts";
import { type GrantedCustomer, grantedCustomer } from "../../testing/granted-customer.ts";

let rig: ApiRig;
let customer: GrantedCustomer;
beforeAll(async () => {
  rig = await startApiRig();
  customer = await grantedCustomer(rig);
});
afterAll(() => rig.stop());

let count = 0;
const anEvent = (change: object = {}) => {
  count += 1;
  return {
    specversion: "1.0",
    id: `e-${count}`,
    source: "my-product/eu-1",
    type: "usher.usage",
    subject: customer.customerId as string,
    time: new Date().toISOString(),
    data: { feature: "api_calls", quantity: 1 },
    ...change,
  };
};
const used = async () =>
  (
    await rig.post("/v1/check", {
      body: { customer: customer.customerId, feature: "api_calls", amount: 0 },
    })
  ).json.usage;

describe("POST /v1/usage_events", () => {
  it("takes an event in every way that CloudEvents may travel", async () => {
    const before = await used();
    const event = anEvent();
    const plain = await rig.post("/v1/usage_events", { body: event });
    const structured = await rig.post("/v1/usage_events", {
      body: JSON.stringify(anEvent()),
      headers: { "Content-Type": "application/cloudevents+json; charset=utf-8" },
    });
    const batch = await rig.post("/v1/usage_events", {
      body: JSON.stringify([anEvent(), anEvent()]),
      headers: { "Content-Type": "application/cloudevents-batch+json" },
    });
    const { data, ...attributes } = anEvent({ subject: `ext:${customer.externalId}` });
    const binary = await rig.post("/v1/usage_events", {
      body: JSON.stringify(data),
      headers: {
        "Content-Type": "application/json",
        ...Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [
            `ce-${name}`,
            encodeURIComponent(String(value)),
          ]),
        ),
      },
    });
    for (const [answer, accepted] of [
      [plain, 1],
      [structured, 1],
      [batch, 2],
      [binary, 1],
    ] as const) {
      expect(answer.json, answer.text).toMatchObject({ accepted, duplicates: 0, refused: 0 });
      expect(answer.status).toBe(202);
    }
    expect(await used()).toBe(before + 5);
  });

  it("counts one (source, id) once: within a request, across requests and at the same time", async () => {
    const before = await used();
    const event = anEvent();
    const twice = await rig.post("/v1/usage_events", { body: [event, event] });
    expect(twice.json.data.map((one: { outcome: string }) => one.outcome)).toEqual([
      "accepted",
      "duplicate",
    ]);
    const many = await Promise.all(
      Array.from({ length: 8 }, () =>
        rig.post("/v1/usage_events", { body: [event, anEvent({ id: "shared" })] }),
      ),
    );
    const accepted = many.reduce((sum, one) => sum + one.json.accepted, 0);
    expect(accepted).toBe(1);
    expect(await used()).toBe(before + 2);
  });

  it("refuses a bad event of a batch by itself and says why; the others count", async () => {
    const before = await used();
    const { json, status } = await rig.post("/v1/usage_events", {
      body: [
        anEvent(),
        anEvent({ data: { feature: "api_calls", quantity: -1 } }),
        anEvent({ data: { feature: "api_calls", quantity: 1, color: "red" } }),
        anEvent({ subject: "ext:nobody" }),
        anEvent({ time: new Date(Date.now() + 86_400_000).toISOString() }),
        anEvent({ time: new Date(Date.now() - 100 * 86_400_000).toISOString() }),
        anEvent({ Bad_Name: "x" }),
        "nonsense",
      ],
    });
    expect(status).toBe(202);
    expect(json).toMatchObject({ accepted: 1, refused: 7 });
    const pointers = json.data.map(
      (one: { problem: { errors: { pointer: string }[] } | null }) =>
        one.problem?.errors[0]?.pointer ?? null,
    );
    expect(pointers.slice(0, 6)).toEqual([
      null,
      "/data/quantity",
      "/data/color",
      "/subject",
      "/time",
      "/time",
    ]);
    expect(await used()).toBe(before + 1);
  });

  it("refuses a lone bad event as a bad request", async () => {
    expect(
      (await rig.post("/v1/usage_events", { body: anEvent({ subject: "ext:nobody" }) })).json,
    ).toMatchObject({ status: 400, errors: [{ pointer: "/subject" }] });
    expect((await rig.post("/v1/usage_events", { body: [] })).status).toBe(400);
    expect(
      (await rig.post("/v1/usage_events", { body: Array.from({ length: 1_001 }, () => anEvent()) }))
        .status,
    ).toBe(400);
    expect(
      (await rig.post("/v1/usage_events", { body: "x", headers: { "Content-Type": "text/plain" } }))
        .json.code,
    ).toBe("unsupported_media_type");
  });

  it("keeps an extension attribute out of the way", async () => {
    expect(
      (
        await rig.post("/v1/usage_events", {
          body: anEvent({ traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" }),
        })
      ).json.accepted,
    ).toBe(1);
  });
});
