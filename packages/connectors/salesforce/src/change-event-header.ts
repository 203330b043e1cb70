// biome-ignore lint/correctness/noUnresolvedImports: its `main` is a folder, which Biome does not follow.
import avro from "avsc";
import { z } from "zod";

/**
 * Who changed what, of a change event. The fields that changed are not read: an event is a hint.
 * @see https://developer.salesforce.com/docs/atlas.en-us.change_data_capture.meta/change_data_capture/cdc_event_fields_header.htm
 */
export type ChangeEventHeader = z.output<typeof changeEventHeader>;

const changeEventHeader = z.looseObject({
  entityName: z.string(),
  /** One event may stand for several records of a transaction. */
  recordIds: z.array(z.string()),
  changeType: z.string(),
  /** `com/salesforce/api/<API>/<version>;client=<client>`; empty for people. */
  changeOrigin: z.string().default(""),
  commitTimestamp: z.bigint(),
});

const event = z.looseObject({ ChangeEventHeader: changeEventHeader });

/** 64 bits do not fit a JavaScript number, and avsc refuses what does not. */
const long = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer(value: bigint) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value: unknown) => typeof value === "bigint",
  compare: (one: bigint, other: bigint) => (one === other ? 0 : one < other ? -1 : 1),
});

/** Reads the headers of events that were written with this Avro schema (JSON text). */
export function createHeaderReader(schemaJson: string): (payload: Buffer) => ChangeEventHeader {
  const type = avro.Type.forSchema(JSON.parse(schemaJson), { registry: { long } });
  return (payload) => event.parse(type.fromBuffer(payload)).ChangeEventHeader;
}
