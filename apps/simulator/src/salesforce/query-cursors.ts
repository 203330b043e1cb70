import type { Org } from "./org.ts";
import { refusal } from "./salesforce-error.ts";
import { makeSalesforceId } from "./salesforce-id.ts";
import type { QueryRun } from "./soql/run-query.ts";

export interface QueryPage {
  readonly totalSize: number;
  readonly done: boolean;
  readonly nextRecordsUrl?: string;
  readonly records: readonly unknown[];
}

/**
 * Query locators. The set of records is fixed when the query runs; each page shows them as they
 * are when it is fetched, and leaves out those deleted since, so it can be shorter than asked for.
 */
export interface QueryCursors {
  firstPage(
    run: QueryRun,
    input: { readonly pageSize: number; readonly version: string },
  ): QueryPage;
  nextPage(locator: string, version: string): QueryPage;
  /** Forgets every locator, as the vendor does after two days or when too many are open. */
  expireAll(): void;
}

interface Cursor {
  readonly run: QueryRun;
  readonly pageSize: number;
  readonly createdMs: number;
}

const LIFETIME_MS = 2 * 86_400_000;
const OPEN_MAX = 200;

/** @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_query.htm */
export function createQueryCursors(org: Org): QueryCursors {
  const cursors = new Map<string, Cursor>();

  function firstPage(
    run: QueryRun,
    { pageSize, version }: { pageSize: number; version: string },
  ): QueryPage {
    if (run.isCount) return { totalSize: run.ids.length, done: true, records: [] };
    if (run.ids.length <= pageSize) return page({ run, pageSize, createdMs: 0 }, "", 0, version);
    const key = makeSalesforceId({
      keyPrefix: "0r8",
      pod: org.settings().pod,
      sequence: org.store.nextSequence(),
    });
    const cursor = { run, pageSize, createdMs: org.now() };
    cursors.set(key, cursor);
    for (const old of cursors.keys()) {
      if (cursors.size <= OPEN_MAX) break;
      cursors.delete(old);
    }
    return page(cursor, key, 0, version);
  }

  function nextPage(locator: string, version: string): QueryPage {
    const [key = "", from = ""] = locator.split("-");
    const cursor = cursors.get(key);
    const start = Number(from);
    const isLive = cursor !== undefined && org.now() - cursor.createdMs <= LIFETIME_MS;
    if (!isLive || !/^\d+$/.test(from) || start >= cursor.run.ids.length) {
      throw refusal(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
    }
    return page(cursor, key, start, version);
  }

  function page(cursor: Cursor, key: string, start: number, version: string): QueryPage {
    const { run, pageSize } = cursor;
    const end = start + pageSize;
    const records: unknown[] = [];
    const table = org.table(run.object.name);
    for (const id of run.ids.slice(start, end)) {
      const row = table.get(id);
      if (row !== undefined) records.push(run.show(row));
    }
    const totalSize = run.ids.length;
    if (end >= totalSize) return { totalSize, done: true, records };
    return {
      totalSize,
      done: false,
      nextRecordsUrl: `/services/data/${version}/query/${key}-${end}`,
      records,
    };
  }

  return { firstPage, nextPage, expireAll: () => cursors.clear() };
}
