/** A position on the event bus: strictly growing, with gaps. */
export interface BusPosition {
  readonly position: number;
  /** Whole minutes. */
  readonly issuedMs: number;
}

const MINUTE_MS = 60_000;
const FROM_MS = Date.parse("2025-01-01T00:00:00Z");
const MINUTE_BITS = 24n;
const POSITION_BITS = 26n;
/** Those of before a migration, see `OrgSettings.busEpoch`. */
const EPOCHS = 8;

/**
 * A replay id: eight bytes that mean something to the bus alone, as the vendor's do. Here they say
 * when they were given, so that they age, and in which life of the org.
 * @see https://developer.salesforce.com/docs/platform/pub-sub-api/guide/event-message-durability.html
 */
export function sealReplayId(at: BusPosition, busEpoch: number): Buffer {
  const minutes = BigInt(Math.floor((at.issuedMs - FROM_MS) / MINUTE_MS));
  const epoch = BigInt(busEpoch % EPOCHS);
  const bytes = Buffer.alloc(8);
  // Below 2^53, since clients of the vendor's keep it as a JavaScript number.
  bytes.writeBigUInt64BE(
    (((epoch << MINUTE_BITS) | minutes) << POSITION_BITS) | BigInt(at.position),
  );
  return bytes;
}

/** Null when the bytes are no replay id of this bus. */
export function openReplayId(bytes: Uint8Array, busEpoch: number): BusPosition | null {
  if (bytes.length !== 8) return null;
  const value = Buffer.from(bytes).readBigUInt64BE();
  const within = (bits: bigint) => (1n << bits) - 1n;
  const minutes = (value >> POSITION_BITS) & within(MINUTE_BITS);
  if (value >> (POSITION_BITS + MINUTE_BITS) !== BigInt(busEpoch % EPOCHS)) return null;
  return {
    position: Number(value & within(POSITION_BITS)),
    issuedMs: FROM_MS + Number(minutes) * MINUTE_MS,
  };
}
