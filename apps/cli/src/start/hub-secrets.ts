import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { CliFailure } from "../cli-failure.ts";

const secretsSchema = z.object({
  /** What the role `usher_app` logs in with. */
  app_password: z.string().min(32),
  /** Seals connection secrets and signing keys; 32 bytes, base64. Lost: they must be entered anew. */
  key_encryption_key: z.string().min(44),
  /** Encrypts what Temporal stores; `id:base64`. Lost: running orders start anew from the database. */
  payload_keys: z.string().min(44),
  /** Signs the notifications of the simulated vendors. */
  salesforce_webhook_secret: z.string().min(32),
  stripe_webhook_secret: z.string().min(32),
  hubspot_webhook_secret: z.string().min(32).default(makeHubSpotSecret),
});

export type HubSecrets = z.infer<typeof secretsSchema>;

/**
 * The secrets of the hub on this machine: made at the first start, kept in `.usher/secrets.json`,
 * readable by its owner alone. In production they come from the environment instead.
 */
export function readOrMakeSecrets(home: string): HubSecrets {
  const path = join(home, "secrets.json");
  if (existsSync(path)) {
    const parsed = secretsSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
    if (parsed.success) {
      // A file of an earlier version lacks what came since; what it holds stays.
      write(path, parsed.data);
      return parsed.data;
    }
    throw new CliFailure(
      `${path} does not hold the secrets it should: ${z.prettifyError(parsed.error)}`,
      {
        hint: "`npm start -- --reset` starts over with a new database and new secrets.",
      },
    );
  }
  const made: HubSecrets = {
    app_password: randomBytes(24).toString("hex"),
    key_encryption_key: randomBytes(32).toString("base64"),
    payload_keys: `demo:${randomBytes(32).toString("base64")}`,
    salesforce_webhook_secret: randomBytes(32).toString("hex"),
    stripe_webhook_secret: `whsec_${randomBytes(32).toString("hex")}`,
    hubspot_webhook_secret: makeHubSpotSecret(),
  };
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  write(path, made);
  return made;
}

function write(path: string, secrets: HubSecrets): void {
  writeFileSync(path, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
}

function makeHubSpotSecret(): string {
  return randomBytes(32).toString("hex");
}
