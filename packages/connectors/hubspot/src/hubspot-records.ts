import { z } from "zod";

/** Every property value is text, also numbers and booleans; null where a property is empty. */
const propertyValues = z.record(z.string(), z.string().nullable());

/** Only what is read of a record, whatever its object. */
export const hubspotRecord = z.looseObject({
  id: z.string().regex(/^\d{1,20}$/, "expected a record id"),
  properties: propertyValues,
});
export type HubSpotRecord = z.output<typeof hubspotRecord>;

/** A record is parsed by itself, so that one of an unexpected shape is named. */
export const hubspotRecordList = z.looseObject({
  results: z.array(z.looseObject({ id: z.string() })),
  paging: z.looseObject({ next: z.looseObject({ after: z.string() }).nullish() }).nullish(),
});

/** A property's value as text; the empty text where there is none. */
export function valueOf(record: HubSpotRecord, name: string): string {
  return record.properties[name] ?? "";
}

/** An id as HubSpot gives one; null for any other text, which then names no record. */
export function toRecordId(text: string): string | null {
  return /^[1-9]\d{0,19}$/.test(text) ? text : null;
}
