import { parseShape } from "@usher/connector-sdk/http";
import { z } from "zod";

/** A record as far as it was asked for. Every property's value is text, also numbers and booleans; null where it is empty. */
export interface HubSpotRecord {
  readonly id: string;
  readonly properties: Readonly<Record<string, string | null | undefined>>;
}

/** What is asked for of a record. */
export interface PropertyNames {
  /** Always in the answer, if only as null: HubSpot's own. */
  readonly own: readonly string[];
  /** Missing in a portal where nobody created them. */
  readonly custom?: readonly string[];
}

export const namesOf = ({ own, custom = [] }: PropertyNames): string[] => [...own, ...custom];

/** A page of records. Each is parsed by itself, so that one of an unexpected shape is named. */
export const hubspotRecordList = z.looseObject({
  results: z.array(z.looseObject({ id: z.string() })),
  paging: z.looseObject({ next: z.looseObject({ after: z.string() }).nullish() }).nullish(),
});

/**
 * Throws `schema_drift` naming the record and the property. A property that was asked for and is not
 * in the answer is drift as well: an absent `hs_is_closed_won` must not pass for "not won".
 */
export function parseRecord(input: {
  readonly object: string;
  readonly value: { readonly id: string };
  readonly names: PropertyNames;
}): HubSpotRecord {
  const { object, value, names } = input;
  const { own, custom = [] } = names;
  const text = z.string().nullable();
  const schema = z.looseObject({
    id: z.string().regex(/^\d{1,20}$/, "expected a record id"),
    properties: z.looseObject({
      ...Object.fromEntries(own.map((name) => [name, text])),
      ...Object.fromEntries(custom.map((name) => [name, text.optional()])),
    }),
  });
  const what = `Reading ${object.replace("_", " ")} ${value.id}`;
  const { id, properties } = parseShape({ schema, value, what });
  return { id, properties: properties as HubSpotRecord["properties"] };
}

/** A property's value as text; the empty text where there is none. */
export function valueIn(record: HubSpotRecord, name: string): string {
  return record.properties[name] ?? "";
}

/** An id as HubSpot gives one; null for any other text, which then names no record. */
export function toRecordId(text: string): string | null {
  return /^[1-9]\d{0,19}$/.test(text) ? text : null;
}
