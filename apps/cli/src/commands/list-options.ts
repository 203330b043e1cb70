import { CliFailure } from "../cli-failure.ts";

/** What `--limit` says. */
export function readLimit(limit: string): number {
  const most = Number(limit);
  if (!Number.isInteger(most) || most < 1) {
    throw new CliFailure(`--limit expects a whole number of at least 1; got “${limit}”.`);
  }
  return most;
}

/** What `--status` says, if it was given. */
export function readStatus<Status extends string>(input: {
  readonly status: string | undefined;
  readonly statuses: readonly Status[];
}): Status | undefined {
  const status = input.statuses.find((one) => one === input.status);
  if (input.status !== undefined && status === undefined) {
    throw new CliFailure(`--status expects one of ${input.statuses.join(", ")}.`);
  }
  return status;
}

/** The first items of a list that is read page by page, no page more than they need. */
export async function takeFirst<Item>(items: AsyncIterable<Item>, most: number): Promise<Item[]> {
  const taken: Item[] = [];
  for await (const one of items) {
    if (taken.push(one) >= most) break;
  }
  return taken;
}
