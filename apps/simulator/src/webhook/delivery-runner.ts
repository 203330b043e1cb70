import type { Store } from "../store/store.ts";
import type { Table } from "../store/table.ts";
import { perVendor, VENDORS, type Vendor } from "../vendor.ts";
import { createDueQueue, type DueQueue } from "./due-queue.ts";
import { createWebhookPoster } from "./post-webhook.ts";
import type { Delivery, Endpoint, WebhookBehavior } from "./webhook-row.ts";

/** How a vendor writes an event, signs it, and takes a refusal. */
export interface WebhookVoice {
  /** The headers that sign a body. */
  sign(post: SignedPost): Readonly<Record<string, string>>;
  /** Undefined when the event is gone. Attempts count from 1. */
  bodyOf(eventId: string, attempt: number): string | undefined;
  /** Whether a refusal with this status is followed by another attempt; without it, each is. */
  isRetried?(status: number): boolean;
}

export interface SignedPost {
  readonly url: string;
  readonly body: string;
  readonly secret: string;
  /** Epoch milliseconds. */
  readonly timestampMs: number;
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

/** Sends what is due, a few at a time, and again until it is taken or given up. */
export interface DeliveryRunner {
  /** Puts deliveries in line; `delayMs` stands in for the vendor's setting. */
  enqueue(vendor: Vendor, ids: readonly string[], delayMs?: number): void;
  /** Looks at once whether something may go, as after a change of behavior. */
  wake(): void;
  /** Takes everything out of line and puts it back to go now. How many. */
  release(vendor: Vendor): number;
  /** The status answered to a body posted as it is. */
  post(input: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  }): Promise<number>;
  recent(limit: number): readonly DeliveryReport[];
  forget(): void;
  stop(): void;
}

const CONCURRENCY = 8;
const REPORTS_KEPT = 200;
const TIMEOUT_MS = 10_000;

export function createDeliveryRunner(deps: {
  readonly store: Store;
  readonly endpoints: Table<Endpoint>;
  readonly deliveries: Table<Delivery>;
  readonly behavior: (vendor: Vendor) => WebhookBehavior;
  readonly voices: ReadonlyMap<Vendor, WebhookVoice>;
  readonly now: () => number;
  readonly random: () => number;
}): DeliveryRunner {
  const { store, endpoints, deliveries, behavior, voices, now, random } = deps;
  const poster = createWebhookPoster({ timeoutMs: TIMEOUT_MS, socketsMax: CONCURRENCY });
  const queues = perVendor((): DueQueue<string> => createDueQueue());
  const attempts = new Map<string, number>();
  let reports: DeliveryReport[] = [];
  let inFlight = 0;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  function enqueue(vendor: Vendor, ids: readonly string[], delayMs = behavior(vendor).delayMs) {
    const { shuffle, shuffleWindowMs } = behavior(vendor);
    const base = Date.now() + delayMs;
    for (const value of ids) {
      queues[vendor].add({ dueMs: base + (shuffle ? random() * shuffleWindowMs : 0), value });
    }
    wake();
  }

  function wake() {
    if (isStopped) return;
    clearTimeout(timer);
    let next = Number.POSITIVE_INFINITY;
    for (const vendor of VENDORS) {
      if (behavior(vendor).hold) continue;
      sendDue(vendor);
      next = Math.min(next, queues[vendor].nextDueMs() ?? next);
    }
    // A delivery that ends wakes us anyway.
    if (next === Number.POSITIVE_INFINITY || inFlight >= CONCURRENCY) return;
    timer = setTimeout(wake, Math.max(1, next - Date.now()));
    timer.unref();
  }

  function sendDue(vendor: Vendor) {
    while (inFlight < CONCURRENCY) {
      const id = queues[vendor].takeDue(Date.now());
      if (id === undefined) return;
      inFlight += 1;
      void deliver(id).finally(() => {
        inFlight -= 1;
        wake();
      });
    }
  }

  async function deliver(id: string) {
    const delivery = deliveries.get(id);
    if (delivery === undefined) return;
    const endpoint = endpoints.get(delivery.endpoint);
    const voice = voices.get(delivery.vendor);
    const attempt = (attempts.get(id) ?? 0) + 1;
    const body = voice?.bodyOf(delivery.event, attempt);
    if (endpoint === undefined || !endpoint.enabled || voice === undefined || body === undefined) {
      settle(delivery, undefined);
      return;
    }
    const { status, error } = await attemptPost({ voice, endpoint, body });
    if (isStopped) return;
    report({ delivery, endpoint, attempt, status, error });
    if (status >= 200 && status < 300) settle(delivery, undefined);
    else if (voice.isRetried?.(status) === false)
      settle(delivery, { ...delivery, state: "failed" });
    else retry(delivery, attempt);
  }

  /** Signed anew at each attempt, as the vendors do: an old timestamp would be refused. */
  async function attemptPost(input: { voice: WebhookVoice; endpoint: Endpoint; body: string }) {
    const { voice, endpoint, body } = input;
    const { url, secret } = endpoint;
    const signature = voice.sign({ url, body, secret, timestampMs: now() });
    try {
      const headers = { ...signature, "user-agent": "Usher-Simulator/1.0" };
      return { status: await poster.post({ url, headers, body }), error: null };
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
    const { vendor, event } = delivery;
    reports.push({
      at: new Date(now()).toISOString(),
      vendor,
      event,
      url: endpoint.url,
      attempt,
      status,
      error,
    });
    if (reports.length > REPORTS_KEPT * 2) reports = reports.slice(-REPORTS_KEPT);
  }

  return {
    enqueue,
    wake,
    release(vendor) {
      const waiting = queues[vendor].drain();
      enqueue(vendor, waiting, 0);
      return waiting.length;
    },
    post: (input) => poster.post(input),
    recent: (limit) => reports.slice(-limit).reverse(),
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
