import { createHash, timingSafeEqual } from "node:crypto";
import { type Database, findUser, hashSecret, loadTenant, type User } from "@usher/database";
import type { TenantId } from "@usher/entitlement-core/kernel";

/** Someone signed in, on a page. */
export interface Session {
  readonly tenantId: TenantId;
  readonly user: User;
  /** The zone in which the tenant's times are told unless the viewer chose another. */
  readonly timeZone: string;
  /** Proves that a form was made for this session: whoever cannot read the cookie cannot know it. */
  readonly csrfToken: string;
}

export const sessionCookie = "usher_session";
export const sessionLifeMs = 12 * 3_600_000;

/** The session behind a cookie's secret; null when there is none, it has ended, or its user is gone. */
export async function findSession({
  database,
  secret,
  now,
}: {
  readonly database: Database;
  readonly secret: string | undefined;
  readonly now: number;
}): Promise<Session | null> {
  if (secret === undefined || !/^[\w-]{43}$/.test(secret)) return null;
  const found = await database.directory.findSession(hashSecret(secret));
  if (found === null || found.expiresAt <= now) return null;
  return database.withTenant({ tenantId: found.tenantId, readOnly: true }, async (tx) => {
    const user = await findUser(tx, found.userId);
    if (user === null) return null;
    const { timeZone } = await loadTenant(tx);
    return { tenantId: found.tenantId, user, timeZone, csrfToken: csrfTokenOf(secret) };
  });
}

/** Derived from the session's secret, so that it needs no storage and dies with the session. */
function csrfTokenOf(secret: string): string {
  return createHash("sha256").update(`usher-csrf:${secret}`).digest("base64url");
}

export function isCsrfToken({
  session,
  given,
}: {
  readonly session: Session;
  readonly given: string;
}): boolean {
  const expected = Buffer.from(session.csrfToken);
  const actual = Buffer.from(given);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
