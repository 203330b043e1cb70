import type { CallContext } from "../../spec/call-context.ts";
import type { Checkpoint, CrmConnector, DealChange } from "../../spec/crm-connector.ts";
import { must } from "../conformance-fault.ts";
import { expectOk } from "./expect-outcome.ts";

/** No stream of the kit is longer: a read that goes on has lost its way. */
const pagesMax = 200;

export interface StreamRead {
  readonly changes: readonly DealChange[];
  readonly ids: readonly string[];
  readonly checkpoint: Checkpoint;
  /** Whether the first page said that the read had to begin again. */
  readonly isFullRead: boolean;
}

/** The stream from `from` to its end. After each page `onPage` may kill the reader by giving another. */
export async function readStream(input: {
  readonly crm: CrmConnector;
  readonly from: Checkpoint | null;
  readonly context: () => CallContext;
  readonly onPage?: (idsSoFar: readonly string[]) => Promise<CrmConnector | null>;
}): Promise<StreamRead> {
  const { from, context, onPage } = input;
  let { crm } = input;
  let checkpoint = from;
  let isFullRead = false;
  const changes: DealChange[] = [];
  for (let page = 0; page < pagesMax; page += 1) {
    const read = await expectOk(
      "Reading a page of changes",
      crm.readChanges({ checkpoint }, context()),
    );
    changes.push(...read.changes);
    isFullRead ||= read.isFullRead ?? false;
    // Through JSON, as the database keeps it.
    checkpoint = JSON.parse(JSON.stringify(read.checkpoint)) as Checkpoint;
    if (!read.hasMore) {
      return { changes, ids: changes.map(({ dealId }) => dealId), checkpoint, isFullRead };
    }
    crm = (await onPage?.(changes.map(({ dealId }) => dealId))) ?? crm;
  }
  return must(false, {
    says: `A stream of a few dozen rows has to end, and had not after ${pagesMax} pages.`,
    path: "page.hasMore",
    expected: false,
    received: true,
  }) as never;
}

/** Ends the check unless every one of `expected` was announced, and none of them twice. */
export function mustAnnounceOnce(input: {
  readonly doing: string;
  readonly ids: readonly string[];
  readonly expected: readonly string[];
}): void {
  const { doing, ids, expected } = input;
  mustAnnounce(input);
  const twice = expected.find((id) => ids.filter((one) => one === id).length > 1);
  must(twice === undefined, {
    says: `${doing}: deal ${twice ?? ""} was announced more than once.`,
    path: "page.changes",
    expected: "each deal once",
    received: twice,
  });
}

export function mustAnnounce(input: {
  readonly doing: string;
  readonly ids: readonly string[];
  readonly expected: readonly string[];
}): void {
  const { doing, ids, expected } = input;
  const missing = expected.filter((id) => !ids.includes(id));
  must(missing.length === 0, {
    says: `${doing}: ${missing.length} of ${expected.length} deals were not announced.`,
    path: "page.changes",
    expected: missing,
    received: ids,
  });
}
