import type {
  CustomerId,
  Instant,
  OrderId,
  StatusListId,
  TokenId,
} from "@usher/entitlement-core/kernel";
import type { TokenClaims } from "@usher/entitlement-core/token";
import { type RawBuilder, sql } from "kysely";
import type { Token as TokenRow } from "./generated/rows.ts";
import { createId } from "./ids.ts";
import { jsonb } from "./jsonb.ts";
import { type Page, type PageRequest, readCursor, rowsToRead, toPage } from "./page.ts";
import type { Row } from "./row.ts";
import { findStatusPlace, type StatusPlace, setStatusBits } from "./status-list-repository.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";
import { toDate, toInstant, toInstantOrNull } from "./timestamps.ts";

/** A signed license document and what became of it. */
export interface StoredToken {
  readonly jti: TokenId;
  readonly customerId: CustomerId;
  readonly orderId: OrderId | null;
  readonly kid: string;
  readonly claims: TokenClaims;
  /** The JWS in compact form. */
  readonly compact: string;
  readonly statusListId: StatusListId;
  readonly statusIndex: number;
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
  readonly revokedAt: Instant | null;
  readonly revokedBecause: string | null;
}

/** What the signer gives back for a token's id and place. */
export interface SignedToken {
  readonly kid: string;
  readonly claims: TokenClaims;
  readonly compact: string;
}

/** Signs while the transaction is open: it must be quick and call nobody. */
export type SignToken = (
  place: StatusPlace & { readonly jti: TokenId },
) => SignedToken | Promise<SignedToken>;

/** Issues a token: finds its place, has it signed, stores it. */
export async function issueToken(
  tx: TenantTransaction,
  input: {
    readonly customerId: CustomerId;
    readonly orderId: OrderId | null;
    readonly sign: SignToken;
  },
): Promise<StoredToken> {
  const token = await prepareToken(tx, input);
  await insertingToken(token).execute(tx.db);
  return token;
}

/** A signed token that is not stored yet. */
export async function prepareToken(
  tx: TenantTransaction,
  {
    customerId,
    orderId,
    sign,
  }: {
    readonly customerId: CustomerId;
    readonly orderId: OrderId | null;
    readonly sign: SignToken;
  },
): Promise<StoredToken> {
  const place = await findStatusPlace(tx);
  const jti = createId("token");
  const { kid, claims, compact } = await sign({ ...place, jti });
  return {
    jti,
    customerId,
    orderId,
    kid,
    claims,
    compact,
    statusListId: place.statusListId,
    statusIndex: place.index,
    issuedAt: (claims.iat * 1000) as Instant,
    expiresAt: (claims.exp * 1000) as Instant,
    revokedAt: null,
    revokedBecause: null,
  };
}

/** A whole INSERT, also fit for a WITH list. */
export function insertingToken(token: StoredToken): RawBuilder<unknown> {
  return sql`
    insert into tokens (jti, customer_id, order_id, kid, claims, compact, status_list_id, status_index,
        issued_at, expires_at)
      values (${token.jti}, ${token.customerId}, ${token.orderId}, ${token.kid}, ${jsonb(token.claims)},
        ${token.compact}, ${token.statusListId}, ${token.statusIndex}, ${toDate(token.issuedAt)},
        ${toDate(token.expiresAt)})`;
}

/** Null: there is no such token of this tenant. */
export async function findToken(tx: TenantTransaction, jti: TokenId): Promise<StoredToken | null> {
  const row = await tx.db
    .selectFrom("tokens")
    .selectAll()
    .where("jti", "=", jti)
    .executeTakeFirst();
  return row ? fromTokenRow(row) : null;
}

/** Newest first. */
export async function listTokens(
  tx: TenantTransaction,
  input: PageRequest & { readonly customerId?: CustomerId; readonly orderId?: OrderId },
): Promise<Page<StoredToken>> {
  let query = tx.db
    .selectFrom("tokens")
    .selectAll()
    .orderBy("jti", "desc")
    .limit(rowsToRead(input));
  const before = readCursor(input);
  if (before !== null) query = query.where("jti", "<", before);
  if (input.customerId !== undefined) query = query.where("customer_id", "=", input.customerId);
  if (input.orderId !== undefined) query = query.where("order_id", "=", input.orderId);
  const rows = await query.execute();
  return toPage({ rows: rows.map(fromTokenRow), request: input, idOf: (one) => one.jti });
}

/**
 * Until the transaction ends nobody else signs for these customers or takes rights from them, so that
 * no token is signed over a right that is being taken away. To be called before the rights are read.
 */
export async function lockTokensOf(
  tx: TenantTransaction,
  customerIds: readonly CustomerId[],
): Promise<void> {
  await sql`
    select pg_advisory_xact_lock(hashtextextended('tokens:' || ${tx.tenantId} || id, 0))
      from unnest(${[...new Set(customerIds)].sort()}::text[]) as id`.execute(tx.db);
}

/**
 * Revokes tokens and sets their bits in one transaction. Answers those that were revoked by this
 * call: one that was revoked before, or is unknown, is not among them.
 */
export async function revokeTokens(
  tx: TenantTransaction,
  input: {
    readonly which:
      | { readonly jtis: readonly TokenId[] }
      | { readonly orderId: OrderId }
      /** All that are still good. */
      | { readonly customerIds: readonly CustomerId[]; readonly except: TokenId | null };
    readonly because: string;
    readonly now: Instant;
  },
): Promise<readonly TokenId[]> {
  const { which, now } = input;
  const isIt =
    "jtis" in which
      ? sql`jti = any (${[...which.jtis]}::text[])`
      : "orderId" in which
        ? sql`order_id = ${which.orderId}`
        : sql`customer_id = any (${[...which.customerIds]}::text[]) and expires_at > ${toDate(now)}
            and jti is distinct from ${which.except}`;
  const { rows } = await sql<{ jti: TokenId; status_list_id: StatusListId; status_index: number }>`
    update tokens set revoked_at = ${toDate(now)}, revoked_because = ${input.because}
      where ${isIt} and revoked_at is null returning jti, status_list_id, status_index`.execute(
    tx.db,
  );
  await setStatusBits(
    tx,
    rows.map((row) => ({ statusListId: row.status_list_id, index: row.status_index })),
  );
  return rows.map((row) => row.jti);
}

function fromTokenRow(row: Row<TokenRow>): StoredToken {
  return {
    jti: row.jti as TokenId,
    customerId: row.customer_id as CustomerId,
    orderId: row.order_id as OrderId | null,
    kid: row.kid,
    claims: row.claims as unknown as TokenClaims,
    compact: row.compact,
    statusListId: row.status_list_id as StatusListId,
    statusIndex: row.status_index,
    issuedAt: toInstant(row.issued_at),
    expiresAt: toInstant(row.expires_at),
    revokedAt: toInstantOrNull(row.revoked_at),
    revokedBecause: row.revoked_because,
  };
}
