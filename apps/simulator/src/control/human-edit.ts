import type { Org, RecordRow } from "../salesforce/org.ts";
import { wholeSecond } from "../salesforce/salesforce-time.ts";
import type { SchemaObject } from "../salesforce/schema/schema.ts";
import { SALES_EMAIL, userByEmail } from "../salesforce/seed-org.ts";
import {
  type Author,
  createRecord,
  deleteRecord,
  updateRecord,
} from "../salesforce/write-record.ts";

/** A person's hands in the org: no faults, and fields that the API refuses can be set. */
export interface HumanEdit {
  readonly author: Author;
  create(object: string, body: Readonly<Record<string, unknown>>): RecordRow;
  update(object: string, id: string, body: Readonly<Record<string, unknown>>): RecordRow;
  delete(object: string, id: string): void;
}

/**
 * One change of a sales person. `ageSeconds`, or the org's setting of late commits, stamps it in
 * the past: what a transaction looks like that began earlier than it committed.
 */
export function beginHumanEdit(input: {
  readonly org: Org;
  readonly ageSeconds?: number;
  readonly userId?: string | undefined;
  readonly isSilent?: boolean;
}): HumanEdit {
  const { org, isSilent = false } = input;
  const age =
    input.ageSeconds === undefined || input.ageSeconds === 0
      ? takeLateCommit(org)
      : input.ageSeconds;
  const author: Author = {
    userId: input.userId ?? userByEmail(org, SALES_EMAIL)?.id ?? "",
    isApi: false,
    stamp: wholeSecond(org.now() - age * 1000),
    operation: "human",
    isSilent,
  };
  const named = (name: string) => org.schema().object(name) as SchemaObject;
  return {
    author,
    create: (object, body) => createRecord({ org, object: named(object), body, author }),
    update: (object, id, body) => updateRecord({ org, object: named(object), id, body, author }),
    delete: (object, id) => deleteRecord({ org, object: named(object), id, author }),
  };
}

function takeLateCommit(org: Org): number {
  const { lateCommits } = org.settings();
  if (lateCommits.remaining <= 0) return 0;
  org.changeSettings({ lateCommits: { ...lateCommits, remaining: lateCommits.remaining - 1 } });
  return lateCommits.seconds;
}
