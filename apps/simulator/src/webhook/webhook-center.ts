import type { Store } from "../store/store.ts";
import type { Table } from "../store/table.ts";
import type { Vendor } from "../vendor.ts";
import {
  createDeliveryRunner,
  type DeliveryReport,
  type SignedPost,
  type WebhookVoice,
} from "./delivery-runner.ts";
import {
  DEFAULT_BEHAVIOR,
  type Delivery,
  type Endpoint,
  type WebhookBehavior,
} from "./webhook-row.ts";

/**
 * Endpoints, and the events on their way to them: several copies, out of order or late when asked.
 * What was promised before a kill is delivered after it.
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
  /** Posts `body` as it is given to the newest endpoint of the vendor. The status answered; rejects without an answer. */
  sendRaw(input: {
    readonly vendor: Vendor;
    readonly body: string;
    readonly headers: Readonly<Record<string, string>>;
  }): Promise<number>;
  /** The headers a vendor would sign `post` with. */
  signatureOf(vendor: Vendor, post: SignedPost): Readonly<Record<string, string>>;
  pending(vendor: Vendor): number;
  /** The last attempts, newest first. */
  recent(limit: number): readonly DeliveryReport[];
  /** Takes up what an earlier process left. */
  start(): void;
  forget(): void;
  stop(): void;
}

export function createWebhookCenter(deps: {
  readonly store: Store;
  readonly now: () => number;
  readonly random: () => number;
}): WebhookCenter {
  const { store, now, random } = deps;
  const endpoints = store.define<Endpoint>("webhook.endpoint", {
    indexes: { vendor: (row) => row.vendor },
  });
  const deliveries = store.define<Delivery>("webhook.delivery", {
    indexes: { event: (row) => row.event, vendor: (row) => row.vendor },
  });
  const behaviors = store.define<WebhookBehavior>("webhook.behavior");
  const voices = new Map<Vendor, WebhookVoice>();
  const behavior = (vendor: Vendor) => behaviors.get(vendor) ?? { id: vendor, ...DEFAULT_BEHAVIOR };
  const runner = createDeliveryRunner({
    store,
    endpoints,
    deliveries,
    behavior,
    voices,
    now,
    random,
  });

  function announce(event: { vendor: Vendor; id: string; type: string }) {
    const { vendor, id: eventId } = event;
    const ids: string[] = [];
    for (const endpoint of endpoints.where("vendor", vendor)) {
      if (!endpoint.enabled || !wants(endpoint, event.type)) continue;
      for (let copy = 0; copy <= behavior(vendor).duplicate; copy += 1) {
        const id = `${eventId}:${endpoint.id}:${copy}`;
        ids.push(id);
        store.put(deliveries, {
          id,
          vendor,
          endpoint: endpoint.id,
          event: eventId,
          state: "pending",
        });
      }
    }
    if (ids.length > 0) store.afterCommit(() => runner.enqueue(vendor, ids));
  }

  function putEndpoint(endpoint: Endpoint) {
    store.transact(() => store.put(endpoints, endpoint));
  }

  function setBehavior(vendor: Vendor, change: Partial<Omit<WebhookBehavior, "id">>) {
    const next = { ...behavior(vendor), ...change };
    store.transact(() => store.put(behaviors, next));
    runner.wake();
    return next;
  }

  return {
    endpoints,
    deliveries,
    announce,
    behavior,
    setBehavior,
    putEndpoint,
    giveVoice: (vendor, voice) => voices.set(vendor, voice),
    addEndpoint(input) {
      const id = input.id ?? `hook_${store.nextSequence()}`;
      const endpoint: Endpoint = { ...input, id, createdMs: now(), enabled: true };
      putEndpoint(endpoint);
      return endpoint;
    },
    removeEndpoint(id) {
      if (endpoints.get(id) === undefined) return false;
      store.transact(() => store.remove(endpoints, id));
      return true;
    },
    release(vendor) {
      // In line first, so that a shuffle also holds for those that go at once.
      const released = runner.release(vendor);
      setBehavior(vendor, { hold: false });
      return released;
    },
    async sendRaw({ vendor, body, headers }) {
      const endpoint = endpoints.where("vendor", vendor).at(-1);
      if (endpoint === undefined) throw new Error(`${vendor} has no webhook endpoint.`);
      return runner.post({ url: endpoint.url, headers, body });
    },
    signatureOf: (vendor, post) => voices.get(vendor)?.sign(post) ?? {},
    pending: (vendor) =>
      deliveries.where("vendor", vendor).filter((one) => one.state === "pending").length,
    recent: (limit) => runner.recent(limit),
    start() {
      for (const { vendor, id, state } of deliveries.all()) {
        if (state === "pending") runner.enqueue(vendor, [id], 0);
      }
    },
    forget: () => runner.forget(),
    stop: () => runner.stop(),
  };
}

function wants(endpoint: Endpoint, type: string): boolean {
  return endpoint.events.some((wanted) => wanted === "*" || wanted === type);
}
