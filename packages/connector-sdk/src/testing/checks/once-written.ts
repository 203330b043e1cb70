import type { CallContext } from "../../spec/call-context.ts";
import type { ConnectedSystem } from "../../spec/connector-manifest.ts";
import type { ConformanceBench } from "../conformance-bench.ts";
import { expectOk } from "./expect-outcome.ts";

/** Something that is written once, whatever happens on the way: the common denominator of the three ports. */
export interface OnceWritten {
  /** Such as `billing an order`. */
  readonly doing: string;
  readonly idempotencyKey: string;
  write(system: ConnectedSystem, context: CallContext): Promise<unknown>;
  /** What the peer has of it. */
  standing(): Promise<Readonly<Record<string, number>>>;
  /** What the peer has to have of it, given the answer of a write that went well. */
  wanted(answer: unknown): Readonly<Record<string, number>>;
  /** Whether two answers tell the same. */
  readonly isAnswerRepeatable: boolean;
}

/** One way of writing for each port of the connector; `prepare` gives something new each time. */
export function onceWrittenOf(
  bench: ConformanceBench,
  system: ConnectedSystem,
): readonly { readonly prepare: () => Promise<OnceWritten> }[] {
  const { harness, portsLeftOut } = bench;
  const ways: { readonly prepare: () => Promise<OnceWritten> }[] = [];
  const { crm, billing, erp } = harness;
  if (system.crm !== null && crm !== undefined && !portsLeftOut.has("crm")) {
    ways.push({
      async prepare() {
        const [dealId = ""] = await crm.seedEqualStamps({ count: 1 });
        const status = crm.aStatus({ sequence: 5, status: "Active" });
        return {
          doing: "telling a deal its status",
          idempotencyKey: `status:${dealId}:5`,
          isAnswerRepeatable: false,
          write: (one, context) => there(one.crm).writeStatus({ dealId, status }, context),
          async standing() {
            const shown = await crm.readStatus(dealId);
            return { sequence: shown.sequence ?? 0, active: shown.status === "Active" ? 1 : 0 };
          },
          wanted: () => ({ sequence: 5, active: 1 }),
        };
      },
    });
  }
  if (system.billing !== null && billing !== undefined && !portsLeftOut.has("billing")) {
    ways.push({
      async prepare() {
        const order = billing.anOrder();
        return {
          doing: "billing an order",
          idempotencyKey: `bill:${order.orderId}:1`,
          isAnswerRepeatable: true,
          write: (one, context) => there(one.billing).bill(order, context),
          standing: async () => ({ ...(await billing.count(order)) }),
          wanted: (answer) => ({ bills: recordsOf(answer), customers: 1 }),
        };
      },
    });
  }
  if ((system.erp ?? null) !== null && erp !== undefined && !portsLeftOut.has("erp")) {
    ways.push({
      async prepare() {
        const order = erp.anOrder();
        return {
          doing: "booking an order",
          idempotencyKey: `book:${order.orderId}:1`,
          isAnswerRepeatable: true,
          write: (one, context) => there(one.erp).bookOrder(order, context),
          standing: async () => ({ ...(await erp.count(order)) }),
          wanted: (answer) => ({ orders: recordsOf(answer), customers: 1 }),
        };
      },
    });
  }
  return ways;
}

export async function writeOnce(
  once: OnceWritten,
  system: ConnectedSystem,
  context: (change: Partial<CallContext>) => CallContext,
): Promise<unknown> {
  const { doing, idempotencyKey } = once;
  return expectOk(capital(doing), once.write(system, context({ idempotencyKey })));
}

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function recordsOf(answer: unknown): number {
  return (answer as { readonly records: readonly unknown[] }).records.length;
}

function there<Port>(port: Port | null | undefined): Port {
  if (port === null || port === undefined) throw new Error("the connection has lost a port");
  return port;
}
