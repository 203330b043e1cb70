import type { Row } from "../../store/table.ts";
import type { Org, RecordRow } from "../org.ts";
import type { FieldValue } from "../schema/field.ts";
import type { SchemaObject } from "../schema/schema.ts";
import type { Author } from "../write-record.ts";

export type ChangeType =
  | "CREATE"
  | "UPDATE"
  | "DELETE"
  | "UNDELETE"
  | "GAP_CREATE"
  | "GAP_UPDATE"
  | "GAP_DELETE"
  | "GAP_UNDELETE"
  | "GAP_OVERFLOW";

/** One message on the bus of change events. */
export interface ChangeEvent extends Row {
  /** Where it stands on the bus; positions grow with gaps. */
  readonly position: number;
  readonly entity: string;
  readonly changeType: ChangeType;
  readonly recordIds: readonly string[];
  /** New values by field: all that are set for a CREATE, those that changed for an UPDATE. */
  readonly values: Readonly<Record<string, FieldValue>>;
  readonly changeOrigin: string;
  readonly commitUser: string;
  readonly commitMs: number;
  readonly transaction: number;
  readonly sequenceNumber: number;
}

/** What an overflow event has in place of a record id. */
const NO_RECORD = "000000000000000AAA";

/** Kept for 72 hours. */
export const EVENTS_KEPT_MS = 72 * 3_600_000;

/**
 * Puts a saved record on the bus, where the administrator has selected its object for Change Data
 * Capture. Records of one transaction to which the same happened go into one event.
 * @see https://developer.salesforce.com/docs/atlas.en-us.change_data_capture.meta/change_data_capture/cdc_event_fields_header.htm
 */
export function publishChange(input: {
  readonly org: Org;
  readonly object: SchemaObject;
  readonly row: RecordRow;
  readonly author: Author;
  readonly changeType: "CREATE" | "UPDATE" | "DELETE";
  readonly changed: readonly string[];
}): void {
  const { org, object, row, author, changeType, changed } = input;
  const { changeDataCapture, changeMishaps } = org.settings();
  if (!changeDataCapture.includes(object.name) || author.isSilent === true) return;
  const what = mishapOf(changeMishaps);
  if (what === "overflow") {
    org.changeSettings({
      changeMishaps: { ...changeMishaps, overflows: changeMishaps.overflows - 1 },
    });
  } else if (what === "gap") {
    org.changeSettings({ changeMishaps: { ...changeMishaps, gaps: changeMishaps.gaps - 1 } });
  }
  const transaction = org.store.currentTransaction();
  const isWhole = what === null && changeType !== "DELETE";
  const event = {
    entity: object.name,
    changeType: typeOf(what, changeType),
    values: isWhole ? valuesOf(row, changeType, changed) : {},
    changeOrigin: author.changeOrigin ?? "",
    commitUser: author.userId,
    transaction,
  };
  const siblings = org.changeEvents.where("transaction", String(transaction));
  const same = siblings.find((one) => isSameChange(one, event));
  if (same !== undefined) {
    if (!same.recordIds.includes(row.id) && what !== "overflow")
      org.store.put(org.changeEvents, { ...same, recordIds: [...same.recordIds, row.id] });
    return;
  }
  // A sequence of the whole store: other things take numbers of it too, so that gaps come naturally.
  const position = org.store.nextSequence();
  org.store.put(org.changeEvents, {
    ...event,
    id: `change_${position}`,
    position,
    recordIds: [what === "overflow" ? NO_RECORD : row.id],
    commitMs: org.now(),
    sequenceNumber: siblings.length + 1,
  });
  org.store.afterCommit(() =>
    org.onChangeEvents.forEach((tell) => {
      tell();
    }),
  );
}

/** Events behind `position`, oldest first; what is older than 72 hours is purged. */
export function eventsBehind(org: Org, entity: string, position: number): readonly ChangeEvent[] {
  const oldestMs = org.now() - EVENTS_KEPT_MS;
  const all = [...org.changeEvents.ascending()];
  const purged = all.filter((one) => one.commitMs < oldestMs);
  if (purged.length > 0) {
    org.store.transact(() => {
      for (const { id } of purged) org.store.remove(org.changeEvents, id);
    });
  }
  return all.filter(
    (one) => one.commitMs >= oldestMs && one.entity === entity && one.position > position,
  );
}

function mishapOf(mishaps: {
  readonly gaps: number;
  readonly overflows: number;
}): "gap" | "overflow" | null {
  if (mishaps.overflows > 0) return "overflow";
  return mishaps.gaps > 0 ? "gap" : null;
}

function typeOf(
  what: "gap" | "overflow" | null,
  changeType: "CREATE" | "UPDATE" | "DELETE",
): ChangeType {
  switch (what) {
    case "overflow":
      return "GAP_OVERFLOW";
    case "gap":
      return `GAP_${changeType}`;
    case null:
      return changeType;
  }
}

function valuesOf(row: RecordRow, changeType: string, changed: readonly string[]) {
  const names =
    changeType === "CREATE" ? Object.keys(row.values) : [...changed, "LastModifiedDate"];
  return Object.fromEntries(
    names
      .filter((name) => !["Id", "SystemModstamp", "IsDeleted"].includes(name))
      .map((name) => [name, row.values[name] ?? null]),
  );
}

function isSameChange(
  one: ChangeEvent,
  other: Pick<ChangeEvent, "entity" | "changeType" | "changeOrigin" | "values">,
): boolean {
  return (
    one.entity === other.entity &&
    one.changeType === other.changeType &&
    one.changeOrigin === other.changeOrigin &&
    JSON.stringify(one.values) === JSON.stringify(other.values)
  );
}
