import type { ConnectedVendor, ConnectedVendors } from "@usher/activities";
import type { ConnectorKind } from "@usher/connector-sdk/spec";
import type { TenantId } from "@usher/entitlement-core/kernel";
import { type ServiceLoop, startServiceLoop, type TurnOutcome } from "./service-loop.ts";

/** One connection of one tenant, for a turn of a loop. */
export interface ConnectionTurn {
  readonly tenantId: TenantId;
  readonly vendor: ConnectedVendor;
  readonly signal: AbortSignal;
}

export interface ConnectionLoopsInput {
  readonly name: string;
  /** Loops run for the connections of these kinds. */
  readonly kinds: readonly ConnectorKind[];
  readonly tenants: () => Promise<readonly { readonly id: TenantId }[]>;
  readonly vendors: ConnectedVendors;
  readonly turn: (turn: ConnectionTurn) => Promise<TurnOutcome>;
  readonly idleMs: number;
  readonly gatherMs?: number;
  /** How soon a new connection gets its loop. */
  readonly lookForConnectionsMs: number;
  readonly onError: (failure: { readonly name: string; readonly error: unknown }) => void;
  readonly onTurn?: (turn: { readonly name: string; readonly seconds: number }) => void;
}

export interface ConnectionLoops {
  /** Wakes the loops of one tenant, or all. */
  wake(tenantId?: string): void;
  stop(): Promise<void>;
}

/**
 * The same service for every connection, each in a loop of its own: one that is slow, limited or
 * broken holds up no other.
 */
export function startConnectionLoops(input: ConnectionLoopsInput): ConnectionLoops {
  const loops = new Map<string, { readonly tenantId: TenantId; readonly loop: ServiceLoop }>();

  const startLoop = (tenantId: TenantId, connectionId: string) =>
    startServiceLoop({
      name: input.name,
      idleMs: input.idleMs,
      ...(input.gatherMs === undefined ? {} : { gatherMs: input.gatherMs }),
      onError: input.onError,
      ...(input.onTurn === undefined ? {} : { onTurn: input.onTurn }),
      turn: async (signal) => {
        // Asked for in every turn: a changed connection has another instance.
        const vendor = await input.vendors.byId({ tenantId, connectionId });
        if (vendor === null) return "idle";
        return await input.turn({ tenantId, vendor, signal });
      },
    });

  const supervisor = startServiceLoop({
    name: `${input.name}-supervisor`,
    idleMs: input.lookForConnectionsMs,
    onError: input.onError,
    turn: async () => {
      const wanted = new Set<string>();
      for (const { id: tenantId } of await input.tenants()) {
        for (const connectionId of await connectionIdsOf(input, tenantId)) {
          wanted.add(connectionId);
          if (loops.has(connectionId)) continue;
          loops.set(connectionId, { tenantId, loop: startLoop(tenantId, connectionId) });
        }
      }
      for (const [connectionId, { loop }] of loops) {
        if (wanted.has(connectionId)) continue;
        loops.delete(connectionId);
        await loop.stop();
      }
      return "idle";
    },
  });

  return {
    wake: (tenantId) => {
      for (const one of loops.values()) {
        if (tenantId === undefined || one.tenantId === tenantId) one.loop.wake();
      }
    },
    stop: async () => {
      await supervisor.stop();
      await Promise.all([...loops.values()].map(({ loop }) => loop.stop()));
      loops.clear();
    },
  };
}

async function connectionIdsOf(
  input: ConnectionLoopsInput,
  tenantId: TenantId,
): Promise<ReadonlySet<string>> {
  const lists = await Promise.all(
    input.kinds.map((kind) => input.vendors.ofKind({ tenantId, kind })),
  );
  return new Set(lists.flat().map((one) => one.connectionId));
}
