import { type IdKind, type IdTypes, idPrefixes } from "@usher/entitlement-core/kernel";
import { typeidUnboxed } from "typeid-js";

/** A new id of `kind`: a TypeID over a UUIDv7, so ids of one kind sort by creation (to the millisecond). */
export function createId<Kind extends IdKind>(kind: Kind): IdTypes[Kind] {
  return typeidUnboxed(idPrefixes[kind]) as unknown as IdTypes[Kind];
}
