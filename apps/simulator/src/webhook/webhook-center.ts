import type { Vendor } from "../fault/fault.ts";
import { VENDORS } from "../fault/fault.ts";
import type { Store } from "../store/store.ts";
import type { Table } from "../store/table.ts";
import { createDueQueue, type DueQueue } from "./due-queue.ts";
import { createWebhookPoster } from "./post-webhook.ts";
import { signWebhook } from "./sign-webhook.ts";
import {
  DEFAULT_BEHAVIOR,
  type Delivery,
  type Endpoint,
  type WebhookBehavior,
} from "./webhook-row.ts";

/** The header a vendor signs under, and how the body of one of its events is written. */
export interface WebhookVoice {
  readonly signatureHeader: string;
  /** Undefined when the event is gone. */
  bodyOf(eventId: string): string | undefined;
}

export interface DeliveryReport {
  readonly at: string;
  readonly vendor: Vendor;
  readonly event: string;
  readonly url: string;
  readonly attempt: number;
  /** 0: no answer. */
  readonly status: number;
  readonly error: string | null;
}

/**
 * Delivers events to endpoints: signed anew at each attempt, again until a 2xx, several copies,
 * out of order or late when asked. What was promised before a kill is delivered after it.
 */
export interface WebhookCenter {
  readonly endpoints: Table<Endpoint>;
  readonly deliveries: Table<Delivery>;
  giveVoice(vendor: Vendor, voice: WebhookVoice): void;
  addEndpoint(
    input: Omit<Endpoint, "id" | "createdMs" | "enabled"> & { readonly id?: string },
  ): Endpoint;
  putEndpoint(endpoint: Endpoint): void;
  removeEndpoint(id: string): boolean;
  /** Inside the transaction of the change that is announced. */
  announce(event: { readonly vendor: Vendor; readonly id: string; readonly type: string }): void;
  behavior(vendor: Vendor): WebhookBehavior;
  setBehavior(vendor: Vendor, change: Partial<Omit<WebhookBehavior, "id">>): WebhookBehavior;
  /** Lets everything held or waiting for a retry go now. Number of deliveries let go. */
  release(vendor: Vendor): number;
  /** Posts `body` as it is given to the newest endpoint of the vendor. The status answered; 0 without an answer. */
  sendRaw(input: {
    readonly vendor: Vendor;
    readonly body: string;
    readonly signature: string | undefined;
  }): Promise<number>;
  pending(vendor: Vendor): number;
  recent(limit: number): readonly DeliveryReport[];
  /** Takes up what an earlier process left. */
  start(): void;
  forget(): void;
  stop(): void;
}

const CONCURRENCY = 8;
const REPORTS_KEPT = 200;

export function createWebhookCenter(deps: {
  readonly store: Store;
  readonly now: () => number;
  readonly random: () => number;
}): WebhookCenter {
  const { store, now, random } = deps;
  const endpoints = store.define<Endpoint>("webhook.endpoint", {
    indexes: { vendor: (row) => row.vendor },
    orderBy: (row) => row.createdMs,
  });
  const deliveries = store.define<Delivery>("webhook.delivery", {
    indexes: {
      event: (row) => row.event,
      endpoint: (row) => row.endpoint,
      vendor: (row) => row.vendor,
    },
  });
  const behaviors = store.define<WebhookBehavior>("webhook.behavior");
  const poster = createWebhookPoster({ timeoutMs: 10_000, socketsMax: CONCURRENCY });
  const voices = new Map<Vendor, WebhookVoice>();
  const queues: Record<Vendor, DueQueue<string>> = {
    salesforce: createDueQueue(),
    stripe: createDueQueue(),
  };
  const attempts = new Map<string, number>();
  let reports: DeliveryReport[] = [];
  let inFlight = 0;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  const behavior = (vendor: Vendor) => behaviors.get(vendor) ?? { id: vendor, ...DEFAULT_BEHAVIOR };

  function announce(event: { vendor: Vendor; id: string; type: string }) {
    const { duplicate } = behavior(event.vendor);
    const ids: string[] = [];
    for (const endpoint of endpoints.where("vendor", event.vendor)) {
      if (!endpoint.enabled || !wants(endpoint, event.type)) continue;
      for (let copy = 0; copy <= duplicate; copy += 1) {
        const id = `${event.id}:${endpoint.id}:${copy}`;
        ids.push(id);
        store.put(deliveries, {
          id,
          vendor: event.vendor,
          endpoint: endpoint.id,
          event: event.id,
          state: "pending",
        });
      }
    }
    if (ids.length > 0) store.afterCommit(() => enqueue(event.vendor, ids));
  }

  function enqueue(vendor: Vendor, ids: readonly string[], delayMs = behavior(vendor).delayMs) {
    const { shuffle, shuffleWindowMs } = behavior(vendor);
    const base = Date.now() + delayMs;
    for (const value of ids) {
      queues[vendor].add({ dueMs: base + (shuffle ? random() * shuffleWindowMs : 0), value });
    }
    pump();
  }

  function pump() {
    if (isStopped) return;
    clearTimeout(timer);
    let next = Number.POSITIVE_INFINITY;
    for (const vendor of VENDORS) {
      if (behavior(vendor).hold) continue;
      const queue = queues[vendor];
      while (inFlight < CONCURRENCY) {
        const id = queue.takeDue(Date.now());
        if (id === undefined) break;
        inFlight += 1;
        void deliver(id).finally(() => {
          inFlight -= 1;
          pump();
        });
      }
      next = Math.min(next, queue.nextDueMs() ?? next);
    }
    if (next === Number.POSITIVE_INFINITY || inFlight >= CONCURRENCY) return;
    timer = setTimeout(pump, Math.max(1, next - Date.now()));
    timer.unref();
  }

  async function deliver(id: string) {
    const delivery = deliveries.get(id);
    const endpoint = delivery && endpoints.get(delivery.endpoint);
    const voice = delivery && voices.get(delivery.vendor);
    const body = delivery && voice?.bodyOf(delivery.event);
    if (delivery === undefined) return;
    if (endpoint === undefined || !endpoint.enabled || voice === undefined || body === undefined) {
      settle(delivery, undefined);
      return;
    }
    const attempt = (attempts.get(id) ?? 0) + 1;
    const { status, error } = await attemptPost({ voice, endpoint, body });
    if (isStopped) return;
    report({ delivery, endpoint, attempt, status, error });
    if (status >= 200 && status < 300) settle(delivery, undefined);
    else retry(delivery, attempt);
  }

  async function attemptPost(input: { voice: WebhookVoice; endpoint: Endpoint; body: string }) {
    const { voice, endpoint, body } = input;
    const timestamp = Math.floor(now() / 1000);
    const signature = signWebhook({ body, secret: endpoint.secret, timestamp });
    try {
      const headers = { [voice.signatureHeader]: signature, "user-agent": "Usher-Simulator/1.0" };
      return { status: await poster.post({ url: endpoint.url, headers, body }), error: null };
    } catch (error) {
      return { status: 0, error: error instanceof Error ? error.message : String(error) };
    }
  }

  function retry(delivery: Delivery, attempt: number) {
    const { retryDelaysMs, attemptsMax } = behavior(delivery.vendor);
    if (attempt >= attemptsMax) {
      settle(delivery, { ...delivery, state: "failed" });
      return;
    }
    attempts.set(delivery.id, attempt);
    const wait = retryDelaysMs[Math.min(attempt, retryDelaysMs.length) - 1] ?? 1_000;
    queues[delivery.vendor].add({ dueMs: Date.now() + wait, value: delivery.id });
  }

  function settle(delivery: Delivery, row: Delivery | undefined) {
    attempts.delete(delivery.id);
    if (deliveries.get(delivery.id) === undefined) return;
    store.transact(() =>
      row === undefined ? store.remove(deliveries, delivery.id) : store.put(deliveries, row),
    );
  }

  function report(input: {
    delivery: Delivery;
    endpoint: Endpoint;
    attempt: number;
    status: number;
    error: string | null;
  }) {
    const { delivery, endpoint, attempt, status, error } = input;
    const at = new Date(now()).toISOString();
    reports.push({
      at,
      vendor: delivery.vendor,
      event: delivery.event,
      url: endpoint.url,
      attempt,
      status,
      error,
    });
    if (reports.length > REPORTS_KEPT * 2) reports = reports.slice(-REPORTS_KEPT);
  }

  function putEndpoint(endpoint: Endpoint) {
    store.transact(() => store.put(endpoints, endpoint));
  }

  function release(vendor: Vendor) {
    setBehavior(vendor, { hold: false });
    const waiting = queues[vendor].drain();
    enqueue(vendor, waiting, 0);
    return waiting.length;
  }

  function setBehavior(vendor: Vendor, change: Partial<Omit<WebhookBehavior, "id">>) {
    const next = { ...behavior(vendor), ...change };
    store.transact(() => store.put(behaviors, next));
    pump();
    return next;
  }

  async function sendRaw(input: { vendor: Vendor; body: string; signature: string | undefined }) {
    const endpoint = endpoints.where("vendor", input.vendor).at(-1);
    const voice = voices.get(input.vendor);
    if (endpoint === undefined || voice === undefined) {
      throw new Error(
        `No webhook endpoint of ${input.vendor} is registered: POST /control/webhooks first.`,
      );
    }
    const headers: Record<string, string> =
      input.signature === undefined ? {} : { [voice.signatureHeader]: input.signature };
    return poster.post({ url: endpoint.url, headers, body: input.body });
  }

  return {
    endpoints,
    deliveries,
    announce,
    behavior,
    setBehavior,
    release,
    sendRaw,
    putEndpoint,
    giveVoice: (vendor, voice) => voices.set(vendor, voice),
    addEndpoint(input) {
      const endpoint: Endpoint = {
        ...input,
        id: input.id ?? `hook_${store.nextSequence()}`,
        createdMs: now(),
        enabled: true,
      };
      putEndpoint(endpoint);
      return endpoint;
    },
    removeEndpoint(id) {
      if (endpoints.get(id) === undefined) return false;
      store.transact(() => store.remove(endpoints, id));
      return true;
    },
    pending: (vendor) =>
      deliveries.where("vendor", vendor).filter((one) => one.state === "pending").length,
    recent: (limit) => reports.slice(-limit).reverse(),
    start() {
      for (const delivery of deliveries.all()) {
        if (delivery.state === "pending")
          queues[delivery.vendor].add({ dueMs: Date.now(), value: delivery.id });
      }
      pump();
    },
    forget() {
      for (const vendor of VENDORS) queues[vendor].drain();
      attempts.clear();
      reports = [];
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
      poster.close();
    },
  };
}

function wants(endpoint: Endpoint, type: string): boolean {
  return endpoint.events.some((wanted) => wanted === "*" || wanted === type);
}
