import type { Table } from "../store/table.ts";
import type { Params } from "./params.ts";
import { invalidRequest, noSuch } from "./stripe-error.ts";
import type { ResourceRow } from "./stripe-rows.ts";
import { type WireList, wireList } from "./wire.ts";

/**
 * A page of a list: newest first, 10 to a page unless asked, 100 at most, before or after a given id.
 * @see https://docs.stripe.com/api/pagination
 */
export function listRows<R extends ResourceRow>(input: {
  readonly table: Table<R>;
  readonly params: Params;
  readonly url: string;
  readonly label: string;
  /** Narrows by an equality index before `keep` tests the rows. */
  readonly narrow?: { readonly index: string; readonly value: string } | undefined;
  readonly keep: (row: R) => boolean;
  readonly show: (row: R) => unknown;
}): WireList<unknown> & Record<string, unknown> {
  const { table, params, url, label, narrow, keep, show } = input;
  const limit = readLimit(params);
  const after = cursor(table, params, "starting_after", label);
  const before = cursor(table, params, "ending_before", label);
  const isBackward = before !== undefined;
  const rows =
    narrow === undefined
      ? isBackward
        ? table.ascending({ from: before.sequence + 1 })
        : table.descending(after === undefined ? {} : { to: after.sequence - 1 })
      : narrowed(table.where(narrow.index, narrow.value), { after, before });
  const found: R[] = [];
  for (const row of rows) {
    if (!keep(row)) continue;
    found.push(row);
    if (found.length > limit) break;
  }
  const page = found.slice(0, limit);
  if (isBackward) page.reverse();
  return { ...wireList(url, page.map(show), found.length > limit) };
}

/** A test of `created`: a number, or a range `created[gte]=…`. */
export function createdFilter(params: Params): (row: { readonly created: number }) => boolean {
  if (!params.has("created")) return () => true;
  let range: Params | undefined;
  try {
    range = params.object("created");
  } catch {
    const exact = params.integer("created");
    return (row) => row.created === exact;
  }
  const gt = range?.integer("gt");
  const gte = range?.integer("gte");
  const lt = range?.integer("lt");
  const lte = range?.integer("lte");
  return ({ created }) =>
    (gt === undefined || created > gt) &&
    (gte === undefined || created >= gte) &&
    (lt === undefined || created < lt) &&
    (lte === undefined || created <= lte);
}

function readLimit(params: Params): number {
  const limit = params.integer("limit") ?? 10;
  if (limit < 1 || limit > 100) {
    throw invalidRequest("Invalid limit: must be between 1 and 100", { param: "limit" });
  }
  return limit;
}

function cursor<R extends ResourceRow>(
  table: Table<R>,
  params: Params,
  name: string,
  label: string,
): R | undefined {
  const id = params.text(name);
  if (id === undefined) return undefined;
  const row = table.get(id);
  if (row === undefined) throw noSuch(label, id, name);
  return row;
}

function narrowed<R extends ResourceRow>(
  rows: R[],
  page: { after: R | undefined; before: R | undefined },
): R[] {
  const { after, before } = page;
  rows.sort((left, right) =>
    before === undefined ? right.sequence - left.sequence : left.sequence - right.sequence,
  );
  return rows.filter(
    (row) =>
      (after === undefined || row.sequence < after.sequence) &&
      (before === undefined || row.sequence > before.sequence),
  );
}
