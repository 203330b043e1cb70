import type { ConnectedSystem } from "../spec/connector-manifest.ts";

/** A method of a connector that the kit has called. */
export interface LastCall {
  /** Such as `crm.readDeals`. */
  readonly name: string;
  /** The connector's own function, to find its place in the source by. */
  readonly method: (...input: never[]) => unknown;
}

const portNames = ["crm", "billing", "erp", "webhooks", "subscriptions"] as const;

/** The same system, with a word about every call before it is made. */
export function watchSystem(input: {
  readonly system: ConnectedSystem;
  readonly onCall: (call: LastCall) => void;
}): ConnectedSystem {
  const { system, onCall } = input;
  const watched: Record<string, unknown> = { close: () => system.close() };
  for (const port of portNames) {
    const own = system[port];
    watched[port] = own === null || own === undefined ? own : watchPort(port, own, onCall);
  }
  return watched as unknown as ConnectedSystem;
}

function watchPort(port: string, own: object, onCall: (call: LastCall) => void): object {
  return new Proxy(own, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== "function") return value;
      const method = value as (...input: never[]) => unknown;
      return (...given: never[]) => {
        onCall({ name: `${port}.${String(key)}`, method });
        return method.apply(target, given);
      };
    },
  });
}
