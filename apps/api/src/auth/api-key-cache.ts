import { hash } from "node:crypto";
import { type Directory, type FoundApiKey, hashSecret } from "@usher/database";
import { ApiProblem } from "../http/api-problem.ts";
import { refusedKey, refuseMalformedKey } from "./bearer-token.ts";
import type { Caller } from "./caller.ts";

/** A key's record is never trusted for longer: the bound within which a revoked key is refused everywhere. */
const trustedMsMax = 1_000;
/** From this age on a use asks anew in the background, so that a busy key never waits. */
const refreshedAfterMs = 500;
/**
 * While the database cannot be asked, a key that was good goes on being good for checks, for so
 * long. Checks are answered from memory and must survive a restart of PostgreSQL;
 * nothing else is. No key can be revoked meanwhile either: that, too, takes the database.
 */
const honoredWhileBlindMsMax = 300_000;
/** A database that hangs is away as well: a check with a key that was good waits no longer for it. */
const checkWaitsMsMax = 250;
const entriesMax = 50_000;

interface Entry {
  readonly found: FoundApiKey;
  readonly caller: Caller;
  readonly expiresAtMs: number;
  askedAt: number;
  isAsking: boolean;
}

export interface ApiKeyCache {
  /** The caller if it is known and fresh enough to be trusted now; undefined: ask `find`. Throws for refused keys. */
  peek(input: { readonly token: string; readonly now: number }): Caller | undefined;
  /** Looks the key up. Throws `ApiProblem` when it is unknown, revoked or expired, or cannot be looked up. */
  find(input: {
    readonly token: string;
    readonly now: number;
    readonly isCheck: boolean;
  }): Promise<Caller>;
  /** From `usher_keys`: the key with this SHA-256 (hex) was changed. */
  forget(hashHex: string): void;
  /** The listener was away: what was announced meanwhile is lost. */
  forgetAll(): void;
  readonly size: number;
}

/**
 * API keys in memory. A change is announced by NOTIFY; should that get lost, no record is trusted
 * beyond a second, so a revoked key is refused within it either way.
 */
export function createApiKeyCache({
  directory,
  clock,
}: {
  readonly directory: Pick<Directory, "findApiKey">;
  readonly clock: () => number;
}): ApiKeyCache {
  const entries = new Map<string, Entry>();
  /** One question a key at a time, however many requests wait for its answer. */
  const asking = new Map<string, Promise<Entry | null>>();

  function ask(hashed: Buffer, now: number): Promise<Entry | null> {
    const key = hashed.toString("hex");
    const answer = asking.get(key) ?? askDirectory({ hashed, key, now });
    asking.set(key, answer);
    const forget = () => {
      if (asking.get(key) === answer) asking.delete(key);
    };
    answer.then(forget, forget);
    return answer;
  }

  async function askDirectory({
    hashed,
    key,
    now,
  }: {
    readonly hashed: Buffer;
    readonly key: string;
    readonly now: number;
  }): Promise<Entry | null> {
    const found = await directory.findApiKey(hashed);
    if (found === null) {
      entries.delete(key);
      return null;
    }
    if (entries.size >= entriesMax) entries.clear();
    const entry = toEntry(found, now);
    entries.set(key, entry);
    return entry;
  }

  function refreshInBackground(hashed: Buffer, entry: Entry): void {
    entry.isAsking = true;
    // A failure is met again, and told, by the first request after `trustedMsMax`.
    ask(hashed, clock()).catch(() => {
      entry.isAsking = false;
    });
  }

  return {
    peek({ token, now }) {
      const entry = entries.get(hash("sha256", token));
      if (entry === undefined) return undefined;
      const age = now - entry.askedAt;
      if (age > trustedMsMax) return undefined;
      if (age > refreshedAfterMs && !entry.isAsking) refreshInBackground(hashSecret(token), entry);
      refuseEnded(entry, now);
      return entry.caller;
    },
    async find({ token, now, isCheck }) {
      refuseMalformedKey(token);
      const hashed = hashSecret(token);
      const mayBeBlind = isCheck && entries.has(hashed.toString("hex"));
      try {
        const answer = ask(hashed, now);
        const entry = await (mayBeBlind ? within(checkWaitsMsMax, answer) : answer);
        if (entry === null) throw refusedKey("unknown_api_key");
        refuseEnded(entry, now);
        return entry.caller;
      } catch (error) {
        if (error instanceof ApiProblem) throw error;
        const known = entries.get(hashed.toString("hex"));
        if (isCheck && known !== undefined && now - known.askedAt < honoredWhileBlindMsMax) {
          refuseEnded(known, now);
          return known.caller;
        }
        throw new ApiProblem(
          "not_ready",
          "The API key cannot be looked up because the database does not answer. Try again in a moment; /readyz tells more.",
          { headers: { "Retry-After": "1" }, cause: error },
        );
      }
    },
    // A question that is on its way was asked before the change: the next use asks anew.
    forget: (hashHex) => {
      entries.delete(hashHex);
      asking.delete(hashHex);
    },
    forgetAll: () => {
      entries.clear();
      asking.clear();
    },
    get size() {
      return entries.size;
    },
  };
}

async function within<Value>(ms: number, work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

function toEntry(found: FoundApiKey, now: number): Entry {
  return {
    found,
    caller: {
      tenantId: found.tenantId,
      keyId: found.id,
      userId: found.userId,
      scopes: found.scopes,
    },
    expiresAtMs: found.expiresAt ?? Number.POSITIVE_INFINITY,
    askedAt: now,
    isAsking: false,
  };
}

function refuseEnded(entry: Entry, now: number): void {
  if (entry.found.revokedAt !== null) throw refusedKey("revoked_api_key");
  if (entry.expiresAtMs <= now) throw refusedKey("expired_api_key");
}
