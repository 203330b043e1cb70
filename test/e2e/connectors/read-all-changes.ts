import type { Checkpoint, CrmConnector } from "@usher/connector-sdk/spec";
import { aCallContext } from "@usher/connector-sdk/testing";

const pagesMax = 200;

/** The stream of changed deals from `from` to its end. */
export async function readAllChanges(
  crm: CrmConnector,
  from: Checkpoint | null = null,
): Promise<{ readonly ids: readonly string[]; readonly checkpoint: Checkpoint }> {
  const ids: string[] = [];
  let checkpoint = from;
  for (let page = 0; page < pagesMax; page += 1) {
    const read = await crm.readChanges({ checkpoint }, aCallContext());
    ids.push(...read.changes.map(({ dealId }) => dealId));
    checkpoint = read.checkpoint;
    if (!read.hasMore) return { ids, checkpoint };
  }
  throw new Error(`the stream had not ended after ${pagesMax} pages`);
}
