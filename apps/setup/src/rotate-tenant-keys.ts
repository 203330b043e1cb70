import { createDatabase } from "@usher/database";
import { keksOf, type SetupConfig } from "./config.ts";
import { rotateSigningKeys } from "./signing-keys.ts";

/** Rotates one tenant's signing keys; false when it is too early. Throws when there is no such tenant. */
export async function rotateTenantKeys(input: {
  readonly config: SetupConfig;
  readonly slug: string;
  readonly now: number;
}): Promise<boolean> {
  const [kek] = keksOf(input.config);
  const owner = createDatabase({
    url: input.config.databaseUrl,
    poolSize: 2,
    applicationName: "usher-setup",
  });
  try {
    const tenant = await owner.directory.findTenant(input.slug);
    if (tenant === null) {
      throw new Error(
        `There is no tenant “${input.slug}”. Make one with: node apps/setup/src/main.ts tenant --slug ${input.slug} …`,
      );
    }
    return await owner.withTenant({ tenantId: tenant.id }, (tx) =>
      rotateSigningKeys(tx, { kek, now: input.now }),
    );
  } finally {
    await owner.close();
  }
}
