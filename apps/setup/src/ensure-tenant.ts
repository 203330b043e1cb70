import { addApiKey, createDatabase, ensureTenant, saveUser } from "@usher/database";
import type { TimeZone } from "@usher/entitlement-core/kernel";
import { keksOf, type SetupConfig } from "./config.ts";
import { ensureSigningKeys } from "./signing-keys.ts";

export interface EnsuredTenant {
  readonly tenant_id: string;
  /** May do everything, in the operator's name. A new one each time; it is in no other answer ever again. */
  readonly api_key: string | null;
}

/** Makes what is missing: tenant, signing keys, operator. What is there stays as it is. */
export async function ensureTenantWithOperator(input: {
  readonly config: SetupConfig;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly tenant: { readonly slug: string; readonly name: string; readonly timeZone: string };
  readonly operator: { readonly email: string; readonly name: string };
  /** What kind of operator key to make; null makes none. */
  readonly keyEnvironment: "test" | "live" | null;
}): Promise<EnsuredTenant> {
  refuseUnknownTimeZone(input.tenant.timeZone);
  const [kek] = keksOf(input.config);
  const owner = createDatabase({
    url: input.config.databaseUrl,
    poolSize: 2,
    applicationName: "usher-setup",
  });
  try {
    const tenantId = await ensureTenant(owner, {
      ...input.tenant,
      timeZone: input.tenant.timeZone as TimeZone,
    });
    return await owner.withTenant({ tenantId }, async (tx) => {
      await ensureSigningKeys(tx, { kek, now: input.now });
      const operator = await saveUser(tx, { ...input.operator, groups: ["operators"] });
      if (input.keyEnvironment === null) return { tenant_id: tenantId, api_key: null };
      const { secret } = await addApiKey(tx, {
        environment: input.keyEnvironment,
        name: "operator",
        scopes: ["*"],
        userId: operator.id,
        expiresAt: null,
      });
      return { tenant_id: tenantId, api_key: secret };
    });
  } finally {
    await owner.close();
  }
}

function refuseUnknownTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch {
    throw new Error(`--time-zone expects an IANA name such as Europe/Berlin; got “${timeZone}”.`);
  }
}
