import { createHash } from "node:crypto";

/** A position on the event bus: strictly growing, with gaps. */
export interface BusPosition {
  readonly position: number;
  readonly issuedMs: number;
}

const BYTES = 18;

/**
 * A replay id: bytes that mean something to the bus alone. Those of another org, or of this one
 * before it was migrated, do not open.
 * @see https://developer.salesforce.com/docs/platform/pub-sub-api/guide/event-message-durability.html
 */
export function sealReplayId(at: BusPosition, salt: string): Buffer {
  const bytes = Buffer.alloc(BYTES);
  bytes.writeUIntBE(at.position, 0, 6);
  bytes.writeUIntBE(at.issuedMs, 6, 6);
  markOf(bytes, salt).copy(bytes, 12);
  return bytes;
}

/** Null when the bytes are no replay id of this bus. */
export function openReplayId(bytes: Uint8Array, salt: string): BusPosition | null {
  const given = Buffer.from(bytes);
  if (given.length !== BYTES || !markOf(given, salt).equals(given.subarray(12))) return null;
  return { position: given.readUIntBE(0, 6), issuedMs: given.readUIntBE(6, 6) };
}

function markOf(bytes: Buffer, salt: string): Buffer {
  return createHash("sha256").update(salt).update(bytes.subarray(0, 12)).digest().subarray(0, 6);
}
