import {
  aCallContext,
  type ConformanceHarness,
  type ConformanceSubject,
  type LastCall,
  locateFault,
  startFaultProxy,
  watchSystem,
} from "@usher/connector-sdk/conformance";
import {
  type ConnectedSystem,
  type InboundRequest,
  isConnectorError,
} from "@usher/connector-sdk/spec";
import { createRedactor, type Redactor } from "../record/redact.ts";
import { makeWeather } from "./make-weather.ts";
import { orderOfDeal } from "./order-of-deal.ts";
import type { SceneInput, SceneStep, SceneTrace } from "./scene.ts";
import { toSceneCall } from "./to-scene-call.ts";

const secrets = {
  current: "whsec_of_the_scene",
  previous: "whsec_before",
  another: "whsec_nobody",
};

/** Milliseconds the connector is given for one call of a scene. */
const callMsMax = 5_000;

type Play = {
  readonly harness: ConformanceHarness;
  readonly system: ConnectedSystem;
  readonly input: SceneInput;
  /** Runs one step and keeps what it did; a failure ends the scene, but not the process. */
  readonly step: <T>(
    told: Pick<SceneStep, "from" | "to" | "label">,
    work: () => Promise<T>,
  ) => Promise<T>;
  readonly context: () => ReturnType<typeof aCallContext>;
};

/** What the scene has shown so far. */
interface Shown {
  inbound: SceneTrace["inbound"];
  events: SceneTrace["events"];
  read: Record<string, unknown>;
  order: SceneTrace["order"];
  dealId: string | null;
}

/** A step has failed, and its failure is in the trace. */
class SceneEnded extends Error {
  override readonly name = "SceneEnded";
}

/** Starts the connector's peer, lets the scene happen, and tells everything that went over the wire. */
export async function playScene(input: {
  readonly subject: ConformanceSubject;
  readonly folder: string;
  readonly scene: SceneInput;
}): Promise<SceneTrace> {
  const { subject, folder, scene } = input;
  const startedMs = performance.now();
  const harness = await subject.start();
  const proxy = await startFaultProxy({ peerUrl: harness.peerUrl });
  const redactor = createRedactor({ secrets: [...harness.secrets, ...Object.values(secrets)] });
  const steps: SceneStep[] = [];
  const logged: Record<string, unknown>[] = [];
  let lastCall: LastCall | null = null;
  const shown: Shown = { inbound: null, events: [], read: {}, order: null, dealId: null };

  const context = () => {
    const made = aCallContext({ deadline: Date.now() + callMsMax });
    return { ...made, log: (entry: Record<string, unknown>) => void logged.push(entry) };
  };
  const step: Play["step"] = async (told, work) => {
    const callsBefore = proxy.requests.length;
    const calls = () => proxy.requests.slice(callsBefore).map((one) => toSceneCall(one, redactor));
    try {
      const answer = await work();
      steps.push({ ...told, outcome: "good", error: null, calls: calls() });
      return answer;
    } catch (error) {
      const category = isConnectorError(error) ? error.detail.category : "not a ConnectorError";
      const message = redactor.text(error instanceof Error ? error.message : String(error));
      const at = locateFault({ error, lastCall, folder });
      steps.push({ ...told, outcome: "bad", error: { category, message, at }, calls: calls() });
      throw new SceneEnded();
    }
  };

  try {
    const system = watchSystem({
      system: harness.connect({ url: proxy.url, fetch, now: Date.now }),
      onCall: (call) => {
        lastCall = call;
      },
    });
    makeWeather(proxy, scene.weather, harness);
    const play: Play = { harness, system, input: scene, step, context };
    await receive(play, shown, redactor);
    if (shown.inbound?.isVerified !== false) {
      await playDeal(play, shown);
      await playBilling(play, shown);
      await playErp(play, shown);
    }
  } catch (error) {
    if (!(error instanceof SceneEnded)) throw error;
  } finally {
    await proxy.close();
    await harness.stop();
  }
  const ms = Math.round(performance.now() - startedMs);
  const { inbound, events, read, order } = shown;
  return { input: scene, ms, inbound, events, read, order, steps, log: logged, failure: null };
}

/** The vendor tells of it by a webhook, and the connector says whether it believes it. */
async function receive(
  { harness, system, input, step }: Play,
  shown: Shown,
  redactor: Redactor,
): Promise<void> {
  const { delivery } = input;
  const { webhooks } = system;
  if (delivery === null || webhooks === null || harness.webhooks === undefined) return;
  shown.dealId = await seedDeal(harness, input);
  const request = signedRequest({ harness, delivery, dealId: shown.dealId });
  const verdict = await step(
    { from: "vendor", to: "connector", label: `webhook ${delivery.eventId}` },
    async () =>
      webhooks.verify({ request, secrets: [secrets.current, secrets.previous], nowMs: Date.now() }),
  );
  const unreadable = verdict.verified ? (verdict.unreadable ?? []) : [];
  shown.inbound = {
    headers: { ...request.headers },
    body: redactor.text(new TextDecoder().decode(request.rawBody)),
    isVerified: verdict.verified,
    verdict: verdict.verified ? "verified" : verdict.because,
    detail: verdict.verified
      ? ["The signature holds.", ...unreadable.map(({ detail }) => `Unreadable: ${detail}.`)].join(
          " ",
        )
      : verdict.detail,
    answer: verdict.verified ? 202 : webhooks.refusalStatus,
  };
  shown.events = verdict.verified ? verdict.events : [];
}

function signedRequest(input: {
  readonly harness: ConformanceHarness;
  readonly delivery: NonNullable<SceneInput["delivery"]>;
  readonly dealId: string | null;
}): InboundRequest {
  const { harness, delivery, dealId } = input;
  const { webhooks } = harness;
  if (webhooks === undefined) throw new Error("the harness signs no webhooks");
  const timestamp = Math.floor(Date.now() / 1000) - delivery.signedSecondsAgo;
  const secret = secrets[delivery.secret];
  const event = {
    eventId: delivery.eventId,
    dealId,
    occurredAtMs: Date.now(),
    isBroken: delivery.isBroken,
    ...(delivery.type === "" ? {} : { type: delivery.type }),
  };
  const signed =
    webhooks.signEvents?.({ secret, timestamp, events: [event] }) ??
    webhooks.sign({ secret, timestamp });
  if (delivery.body === null) return signed;
  return { ...signed, rawBody: new TextEncoder().encode(delivery.body) };
}

async function seedDeal(harness: ConformanceHarness, input: SceneInput): Promise<string | null> {
  const { crm } = harness;
  if (crm === undefined || input.deal === null) return null;
  if (crm.seedDeal !== undefined) return crm.seedDeal(input.deal);
  const [dealId = null] = await crm.seedEqualStamps({ count: 1 });
  return dealId;
}

async function playDeal(
  { harness, system, input, step, context }: Play,
  shown: Shown,
): Promise<void> {
  const { crm } = system;
  if (crm === null || harness.crm === undefined) return;
  const isTold = shown.dealId !== null;
  shown.dealId ??= await seedDeal(harness, input);
  const dealIds = [shown.dealId ?? ""];
  if (!isTold) {
    await step({ from: "connector", to: "vendor", label: "read changes" }, () =>
      crm.readChanges({ checkpoint: null }, context()),
    );
  }
  const [deal] = await step({ from: "connector", to: "vendor", label: "read the deal" }, () =>
    crm.readDeals({ dealIds }, context()),
  );
  shown.read["deal"] = deal ?? null;
  if (deal === undefined) return;
  const order = orderOfDeal(deal);
  shown.order = order;
  const label = order.kind === "content" ? "an order starts" : "the deal has faults";
  await step({ from: "connector", to: "hub", label }, async () => undefined);
  const status = harness.crm.aStatus({
    sequence: 1,
    ...(order.kind === "content"
      ? { status: "Received", problem: null }
      : { status: "Action needed", problem: order.sentences[0] ?? null }),
  });
  const told = { from: "hub", to: "vendor", label: `${status.status} on the deal` } as const;
  shown.read["told"] = await step(told, () =>
    crm.writeStatus({ dealId: deal.id, status }, context()),
  );
}

async function playBilling({ harness, system, step, context }: Play, shown: Shown): Promise<void> {
  const { billing } = system;
  if (billing === null || harness.billing === undefined) return;
  const order = harness.billing.anOrder();
  const billed = await step({ from: "hub", to: "vendor", label: "bill an order" }, () =>
    billing.bill(order, context()),
  );
  shown.read = { ...shown.read, billed };
  await harness.billing.close?.(order);
  const changes: unknown[] = [];
  for (const event of (await harness.billing.events?.(order)) ?? []) {
    const label = `event ${event.eventId}`;
    changes.push(
      await step({ from: "vendor", to: "hub", label }, () => billing.readChange(event, context())),
    );
  }
  shown.read = { ...shown.read, changes };
}

async function playErp({ harness, system, step, context }: Play, shown: Shown): Promise<void> {
  const { erp } = system;
  if (erp === null || erp === undefined || harness.erp === undefined) return;
  const order = harness.erp.anOrder();
  const booked = await step({ from: "hub", to: "vendor", label: "book an order" }, () =>
    erp.bookOrder(order, context()),
  );
  shown.read = { ...shown.read, booked };
  await harness.erp.close?.(order);
  const invoices = await step({ from: "connector", to: "vendor", label: "read invoices" }, () =>
    erp.readInvoices({ orderId: order.orderId }, context()),
  );
  shown.read = { ...shown.read, invoices };
}
