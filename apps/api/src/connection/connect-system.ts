import type { ConnectedSystem, ConnectorDefinition } from "@usher/connector-sdk/spec";
import { createConnectionTokenStore, type Database } from "@usher/database";
import type { ConnectionId, TenantId } from "@usher/entitlement-core/kernel";
import { openConnectionTokens, sealConnectionTokens } from "@usher/token-signer";
import type { ApiDependencies } from "../api-dependencies.ts";

export interface SystemToConnect {
  readonly deps: Pick<ApiDependencies, "clock" | "keks"> & { readonly database: Database };
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
  readonly definition: ConnectorDefinition;
  /** Secrets included. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly credentialsVersion: number;
}

/**
 * A remote system for a few calls; the caller closes it. Connecting makes none. Tokens it gets are
 * kept for the credentials' version, so that a refresh token which rotates is not lost. Throws
 * `ConnectorError` when the configuration is wrong.
 */
export function connectSystem(input: SystemToConnect): ConnectedSystem {
  const { definition, connectionId, config } = input;
  const { database, clock, keks } = input.deps;
  return definition.connect(
    { connectionId, config },
    {
      fetch: globalThis.fetch,
      now: clock,
      tokens: createConnectionTokenStore({
        ...input,
        database,
        seal: (tokens) => sealConnectionTokens({ tokens, kek: keks[0] }),
        open: (sealed) => openConnectionTokens({ sealed, keks }),
      }),
    },
  );
}
