import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { appRole, directoryRole } from "./migrations/rules.ts";
import { scramVerifier } from "./scram-verifier.ts";

/** The URL that runtime processes use: the owner's server and database, the app's role. */
export function appDatabaseUrl({
  databaseUrl,
  appPassword,
}: {
  readonly databaseUrl: string;
  readonly appPassword: string;
}): string {
  const url = new URL(databaseUrl);
  url.username = appRole;
  url.password = encodeURIComponent(appPassword);
  return url.href;
}

/**
 * Makes the two roles if they are missing and lets `usher_app` log in with the password.
 * Roles belong to the whole server, so another database's migration may do the same at this
 * moment: whoever comes second finds the work done.
 */
export async function ensureRoles({
  databaseUrl,
  appPassword,
}: {
  readonly databaseUrl: string;
  readonly appPassword: string | undefined;
}): Promise<void> {
  const owner = new pg.Client({ connectionString: databaseUrl });
  // A server that goes away would end the process; the statement under way fails all the same.
  owner.on("error", () => undefined);
  await owner.connect();
  try {
    await createRoleOnce(owner, { role: appRole, can: "login" });
    await createRoleOnce(owner, { role: directoryRole, can: "nologin" });
    await refuseStrongRoles(owner);
    await allowHandingOver(owner);
    if (appPassword !== undefined && !(await canLogIn({ databaseUrl, appPassword }))) {
      await setPassword(owner, appPassword);
    }
  } finally {
    await owner.end();
  }
}

async function createRoleOnce(
  owner: pg.Client,
  { role, can }: { readonly role: string; readonly can: "login" | "nologin" },
): Promise<void> {
  const found = await owner.query("select from pg_roles where rolname = $1", [role]);
  if (found.rowCount !== 0) return;
  try {
    await owner.query(
      `create role ${role} ${can} nosuperuser nocreatedb nocreaterole noinherit nobypassrls noreplication`,
    );
  } catch (error) {
    const code = codeOf(error);
    // 42710, 23505: another migration made it between the look and the leap.
    if (code === "42710" || code === "23505") return;
    if (code === "42501") {
      throw new Error(
        `The database user ${owner.user} may not create the role ${role}. Give it CREATEROLE, or create both roles ` +
          `as an administrator: "create role ${appRole} login; create role ${directoryRole} nologin; ` +
          `grant ${appRole}, ${directoryRole} to ${owner.user} with admin true, inherit false, set true;".`,
        { cause: error },
      );
    }
    throw error;
  }
}

/** Row-level security protects nothing from a role that may step around it. */
async function refuseStrongRoles(owner: pg.Client): Promise<void> {
  const strong = await owner.query<{ rolname: string }>(
    "select rolname from pg_roles where rolname = any ($1) and (rolsuper or rolbypassrls or rolcreaterole)",
    [[appRole, directoryRole]],
  );
  const [role] = strong.rows;
  if (role) {
    throw new Error(
      `The role ${role.rolname} must be an ordinary one, but has SUPERUSER, BYPASSRLS or CREATEROLE. ` +
        `Run "alter role ${role.rolname} nosuperuser nobypassrls nocreaterole" as an administrator.`,
    );
  }
}

/** Only who can act as `usher_directory` may give it the directory's functions. */
async function allowHandingOver(owner: pg.Client): Promise<void> {
  const { rows } = await owner.query<{ super: boolean }>(
    "select rolsuper as super from pg_roles where rolname = current_user",
  );
  if (rows[0]?.super) return;
  const able = await owner.query<{ able: boolean }>(
    "select pg_has_role(current_user, $1, 'SET') as able",
    [directoryRole],
  );
  if (!able.rows[0]?.able) {
    await owner.query(`grant ${directoryRole} to current_user with set true, inherit false`);
  }
}

async function canLogIn(input: {
  readonly databaseUrl: string;
  readonly appPassword: string;
}): Promise<boolean> {
  const client = new pg.Client({ connectionString: appDatabaseUrl(input) });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    const code = codeOf(error);
    // 28P01, 28000: the password is another one, or there is none yet.
    if (code === "28P01" || code === "28000") return false;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function setPassword(owner: pg.Client, appPassword: string): Promise<void> {
  const verifier = scramVerifier(appPassword);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await owner.query(`alter role ${appRole} password ${owner.escapeLiteral(verifier)}`);
      return;
    } catch (error) {
      // XX000 "tuple concurrently updated": another database's migration sets it right now.
      if (codeOf(error) === "XX000" && attempt < 20) {
        await delay(25 * attempt);
        continue;
      }
      if (codeOf(error) === "42501") {
        throw new Error(
          `The role ${appRole} exists with another password, and ${owner.user} may not change it. ` +
            "Give the password that was set, or change it as an administrator.",
          { cause: error },
        );
      }
      throw error;
    }
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as { readonly code?: string }).code;
}
