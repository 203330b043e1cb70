import type { Table } from "../store/table.ts";
import type { Call, CallResult } from "./call.ts";
import { parseSearch, type SearchClause, type SearchQuery } from "./search-query.ts";
import { showResource } from "./show-resource.ts";
import { metadataKey } from "./stripe-account.ts";
import { invalidRequest } from "./stripe-error.ts";
import type { ResourceRow, ResourceRows } from "./stripe-rows.ts";

type Searchable = "customer" | "product" | "price" | "subscription" | "invoice";

/** Fields of each resource that search knows, by the API's name. */
const FIELDS: Readonly<Record<Searchable, readonly string[]>> = {
  customer: ["created", "email", "name", "phone"],
  product: ["active", "created", "description", "name", "url"],
  price: ["active", "currency", "lookup_key", "product", "type"],
  subscription: ["created", "status"],
  invoice: ["created", "currency", "customer", "number", "status", "subscription", "total"],
};

/**
 * `GET /v1/<resource>/search`. What was written less than the account's search lag ago is not
 * found yet: the vendor says up to a minute, so nobody may read his own write this way.
 * @see https://docs.stripe.com/search
 */
export function searchCall(kind: Searchable): (call: Call) => CallResult {
  return ({ account, params }) => {
    const query = parseSearch(params.requiredText("query"));
    for (const clause of query.clauses) checkField(kind, clause);
    const limit = params.integer("limit") ?? 10;
    if (limit < 1 || limit > 100)
      throw invalidRequest("Invalid limit: must be between 1 and 100", { param: "limit" });
    const start = readPage(params.text("page"));
    params.finish();
    const newest = Math.floor((account.now() - account.settings().searchLagMs) / 1000);
    const found: Record<string, unknown>[] = [];
    let seen = 0;
    let more = false;
    const table = account.tables[kind] as unknown as Table<ResourceRows[Searchable]>;
    for (const row of candidates(table, query)) {
      if (row.created > newest || ("isDeleted" in row && row.isDeleted)) continue;
      const shown = showResource(account, kind, row);
      if (!matches(query, shown)) continue;
      seen += 1;
      if (seen <= start) continue;
      if (found.length === limit) {
        more = true;
        break;
      }
      found.push(shown);
    }
    return {
      object: "search_result",
      url: `/v1/${kind}s/search`,
      data: found,
      has_more: more,
      next_page: more ? Buffer.from(String(start + limit)).toString("base64url") : null,
      total_count: undefined,
    };
  };
}

/** Rows by one exact metadata clause when there is one, else all, newest first. */
function candidates<R extends ResourceRow>(table: Table<R>, query: SearchQuery): Iterable<R> {
  const exact =
    query.join === "or" && query.clauses.length > 1
      ? undefined
      : query.clauses.find(
          (one) =>
            one.field === "metadata" &&
            one.key !== undefined &&
            one.operator === ":" &&
            !one.isNegated &&
            typeof one.value === "string",
        );
  if (exact === undefined) return table.descending();
  const rows = table.where("metadata", metadataKey(exact.key as string, String(exact.value)));
  return rows.sort((left, right) => right.sequence - left.sequence);
}

function checkField(kind: Searchable, clause: SearchClause) {
  if (clause.field === "metadata" ? clause.key !== undefined : FIELDS[kind].includes(clause.field))
    return;
  throw invalidRequest(
    `Field \`${clause.field}\` is an unsupported search field for resource \`${kind}s\`. See http://stripe.com/docs/search#query-fields-for-${kind}s for a list of supported fields.`,
    { param: "query" },
  );
}

function matches({ clauses, join }: SearchQuery, shown: Record<string, unknown>): boolean {
  const test = (clause: SearchClause) => holds(clause, heldBy(clause, shown)) !== clause.isNegated;
  return join === "and" ? clauses.every(test) : clauses.some(test);
}

function heldBy({ field, key }: SearchClause, shown: Record<string, unknown>): unknown {
  if (field === "subscription") {
    const parent = shown["parent"] as { subscription_details?: { subscription?: string } } | null;
    return parent?.subscription_details?.subscription ?? null;
  }
  const value = shown[field] ?? null;
  return key === undefined ? value : ((value as Record<string, string> | null)?.[key] ?? null);
}

function holds({ operator, value }: SearchClause, held: unknown): boolean {
  if (value === null) return held === null;
  if (held === null) return false;
  switch (operator) {
    case ":":
      return String(held).toLowerCase() === String(value).toLowerCase();
    case "~":
      return String(held).toLowerCase().includes(String(value).toLowerCase());
    case ">":
      return Number(held) > Number(value);
    case "<":
      return Number(held) < Number(value);
    case ">=":
      return Number(held) >= Number(value);
    case "<=":
      return Number(held) <= Number(value);
  }
}

function readPage(page: string | undefined): number {
  if (page === undefined) return 0;
  const start = Number(Buffer.from(page, "base64url").toString("utf8"));
  if (Number.isInteger(start) && start >= 0) return start;
  throw invalidRequest("Invalid page", { param: "page" });
}
