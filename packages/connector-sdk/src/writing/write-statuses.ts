import { toConnectorError } from "../http/to-connector-error.ts";
import type { ConnectorErrorDetail } from "../spec/connector-error.ts";
import type { DealStatus, StatusWriteResult } from "../spec/crm-connector.ts";

export interface StatusWrite {
  readonly dealId: string;
  readonly status: DealStatus;
}

export type StatusWriteAnswer = StatusWriteResult | { readonly error: ConnectorErrorDetail };

/** One deal's new values, with the place of its answer. */
export interface StatusUpdate<Values> {
  readonly place: number;
  /** The vendor's id of the record. */
  readonly id: string;
  /** For people. */
  readonly record: string;
  readonly values: Values;
}

/** How one CRM reads and writes the status of its records. `Remote` is a record as it stands there. */
export interface StatusWriting<Remote, Values> {
  /** Records one batch may hold. */
  readonly batchSizeMax: number;
  /** Null for an id that cannot be one of this vendor's. */
  readonly toRemoteId: (dealId: string) => string | null;
  /** Records by id; one that is gone is missing. */
  readonly readCurrent: (ids: readonly string[]) => Promise<ReadonlyMap<string, Remote>>;
  /** 0 for a record that shows no status yet. */
  readonly sequenceOf: (remote: Remote) => number;
  readonly toValues: (status: DealStatus) => Values;
  readonly showsSame: (input: { readonly remote: Remote; readonly wanted: Values }) => boolean;
  /** Names a record for people. */
  readonly describe: (input: { readonly id: string; readonly remote: Remote }) => string;
  readonly goneError: (dealId: string) => ConnectorErrorDetail;
  /** Writes a batch that names no record twice; an answer for each place. Never called with nothing. */
  readonly send: (
    updates: readonly StatusUpdate<Values>[],
  ) => Promise<ReadonlyMap<number, StatusWriteAnswer>>;
}

/**
 * Shows each order's status on its record, a read and a write a batch. What stands there is read
 * first, so that a later sequence is never overwritten and nothing is written that is there already.
 * One answer an input, in order. When not even the first batch could be tried it throws; once
 * something was written, a failing batch is told per input.
 */
export async function writeStatuses<Remote, Values>(
  writing: StatusWriting<Remote, Values>,
  writes: readonly StatusWrite[],
): Promise<readonly StatusWriteAnswer[]> {
  const { batchSizeMax } = writing;
  const answers: StatusWriteAnswer[] = [];
  for (let from = 0; from < writes.length; from += batchSizeMax) {
    try {
      answers.push(...(await writeBatch(writing, writes.slice(from, from + batchSizeMax))));
    } catch (thrown) {
      const error = toConnectorError(thrown, { isWrite: true, what: "Writing statuses" });
      if (from === 0) throw error;
      return [...answers, ...writes.slice(from).map(() => ({ error: error.detail }))];
    }
  }
  return answers;
}

async function writeBatch<Remote, Values>(
  writing: StatusWriting<Remote, Values>,
  batch: readonly StatusWrite[],
): Promise<readonly StatusWriteAnswer[]> {
  const ids = batch.map(({ dealId }) => writing.toRemoteId(dealId));
  const current = await writing.readCurrent(ids.filter((id) => id !== null));
  const latest = latestWrites({ batch, ids });
  const answers: StatusWriteAnswer[] = [];
  const updates: StatusUpdate<Values>[] = [];
  for (const [place, { dealId, status }] of batch.entries()) {
    const id = ids[place] ?? null;
    const remote = id === null ? undefined : current.get(id);
    if (id === null || remote === undefined) answers[place] = { error: writing.goneError(dealId) };
    else if (latest.get(id) !== place || writing.sequenceOf(remote) > status.sequence)
      answers[place] = "outrun";
    else {
      const values = writing.toValues(status);
      if (writing.showsSame({ remote, wanted: values })) answers[place] = "unchanged";
      else updates.push({ place, id, record: writing.describe({ id, remote }), values });
    }
  }
  if (updates.length === 0) return answers;
  for (const [place, answer] of await writing.send(updates)) answers[place] = answer;
  return answers;
}

/** Of several writes to one record only the latest is sent: a batch may not name a record twice. */
function latestWrites(input: {
  readonly batch: readonly StatusWrite[];
  readonly ids: readonly (string | null)[];
}): ReadonlyMap<string, number> {
  const latest = new Map<string, number>();
  for (const [place, { status }] of input.batch.entries()) {
    const id = input.ids[place];
    if (id === undefined || id === null) continue;
    const held = latest.get(id);
    const heldSequence = held === undefined ? -1 : (input.batch[held]?.status.sequence ?? -1);
    if (status.sequence >= heldSequence) latest.set(id, place);
  }
  return latest;
}
