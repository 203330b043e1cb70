import { findUser, type TenantTransaction, type User } from "@usher/database";
import type { Caller } from "./caller.ts";

/** Who acts, as the timeline names them. */
export interface Actor {
  /** E-mail address of the key's user, or the key's id for a machine's key. */
  readonly name: string;
  readonly user: User | null;
}

export async function loadActor(tx: TenantTransaction, caller: Caller): Promise<Actor> {
  const user = caller.userId === null ? null : await findUser(tx, caller.userId);
  return { name: user?.email ?? caller.keyId, user };
}
